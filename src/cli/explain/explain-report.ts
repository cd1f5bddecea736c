/** Renders an explanation for the terminal. Pure. */

import {count, oneLine, showValue} from '../../base/text/show.ts';
import type {Change} from '../../change/change.ts';
import type {Condition} from '../../decide/describe.ts';
import type {RecordedVerdict} from '../../report/decision-record.ts';
import {changeHeadline} from '../../report/summary.ts';
import {indented, type Line, line, mark, span, wrap} from '../../ui/terminal.ts';
import type {Screen} from '../shared/screen.ts';
import type {ChangeExplanation, Difference, Explanation, RuleHints} from './explanation.ts';
import {renderPlan} from './plan-report.ts';
import {
  blockerOf,
  otherBlueprintsText,
  showActual,
  showExpected,
  verdictText,
  watchesBlueprint,
} from './verdict-text.ts';

interface Explained {
  /** The name of the file, or of the other source. */
  readonly name: string;
  readonly nowMs: number;
}

export function renderExplanation(explanation: Explanation, {name, nowMs}: Explained, screen: Screen): Line[] {
  const {remarks, changes, plans} = explanation;
  return [
    ...remarks.flatMap(remark => wrap(line(span(`${name}: `, 'dim'), remark), screen.width)),
    ...changes.flatMap(change => [...renderChange(change, screen), line()]),
    ...(changes.length === 0 ? [] : plans.flatMap(plan => renderPlan(plan, screen, nowMs))),
    ...renderVerdict(explanation, screen),
  ];
}

/** For records: whether the current rules make the same decisions as the recorded ones. */
function renderVerdict({changes}: Explanation, {width}: Screen): Line[] {
  const recorded = changes.filter(({record}) => record !== undefined);
  if (recorded.length === 0) return [];
  const otherwise = recorded.filter(({differences = []}) => differences.length > 0).length;
  const text =
    otherwise === 0
      ? `The current rules make the recorded decision for ${recorded.length === 1 ? 'the change' : `all ${recorded.length} changes`}.`
      : `The current rules make a different decision for ${otherwise} of ${count(recorded.length, 'change')}.`;
  return [line(), ...wrap(line(mark(otherwise === 0), span(text, 'bold')), width)];
}

function renderChange(explanation: ChangeExplanation, screen: Screen): Line[] {
  const {change, rules, hints = []} = explanation;
  const own = rules.filter(watchesBlueprint);
  return [
    ...renderHead(explanation, screen),
    line(),
    ...own.flatMap(rule => renderRule(rule, screen)),
    ...renderOthers(
      change.blueprint,
      rules.filter(rule => !watchesBlueprint(rule)),
      screen,
    ),
    ...hints.flatMap(hint => renderHints(hint, screen)),
    ...renderRecord(explanation, screen),
  ];
}

function renderHints({rule, hints}: RuleHints, {width}: Screen): Line[] {
  return hints.flatMap(hint =>
    indented(line(span('hint: ', 'yellow'), span(rule, 'bold'), `: ${oneLine(hint)}`), 2, width),
  );
}

function renderOthers(blueprint: string, rules: readonly RecordedVerdict[], {width}: Screen): Line[] {
  if (rules.length === 0) return [];
  const {about, slip} = otherBlueprintsText(blueprint, rules);
  const hint = slip === undefined ? [] : [span(`. ${slip}`, 'yellow')];
  return indented(line(span(`○ ${about}`, 'dim'), ...hint), 2, width);
}

const SOURCES: Record<Change['source'], string> = {
  drill: 'a drill of port-reactor doctor',
  automation: 'a Port automation',
  changelog: "Port's changelog or audit log",
  workflow: 'a Port workflow',
  audit: "Port's audit log",
};

/** The headline of a change, and its facts. */
function renderHead({change, isUndated}: ChangeExplanation, {width}: Screen): Line[] {
  const {by, origin, team, truncated = []} = change;
  const who = by.email ?? by.userId ?? (by.byPort ? 'Port' : 'unknown');
  const facts = [
    `${change.action}, reported by ${SOURCES[change.source]}`,
    isUndated ? 'at the current time (the event has no time)' : `at ${showValue(change.at)}`,
    `by ${showValue(who)}${origin === '' ? '' : ` via ${showValue(origin)}`}`,
    ...(team.length === 0 ? [] : [`team ${team.map(oneLine).join(', ')}`]),
    ...(truncated.length === 0 ? [] : [`truncated to GitHub's size limit: ${truncated.map(oneLine).join(', ')}`]),
  ];
  const head = line(
    span(showValue(change.entity), 'bold'),
    ` (${showValue(change.blueprint)}): `,
    span(changeHeadline(change), 'bold'),
  );
  return [...wrap(head, width), ...wrap(line(span(facts.join(' · '), 'dim')), width)];
}

function renderRule(verdict: RecordedVerdict, {width}: Screen): Line[] {
  const {rule, matched, undecided, reason, conditions} = verdict;
  const text = `${verdictText(verdict)}: ${reason}`;
  const looks = matched ? (['green'] as const) : undecided ? (['yellow'] as const) : [];
  const head = line(
    matched ? span('● ', 'green') : undecided ? span('? ', 'yellow') : span('○ ', 'dim'),
    span(rule, 'bold'),
    span(` ${text}`, ...looks),
  );
  const blocker = blockerOf(conditions);
  return [...indented(head, 2, width), ...conditions.flatMap(one => renderCondition(one, one === blocker, width))];
}

const NAME_WIDTH = 'blueprint'.length;

function renderCondition(condition: Condition, isBlocker: boolean, width: number): Line[] {
  const {condition: name, held, unknown, hint} = condition;
  const expected = `${showExpected(condition)}, `;
  const actual = `is ${showActual(condition)}`;
  const decided = isBlocker ? [span(unknown ? 'not decided: ' : 'decided: ', 'yellow')] : [];
  const looks = held ? (['dim'] as const) : [];
  const text = line(...decided, span(expected, ...looks), span(actual, ...(held ? looks : (['bold'] as const))));
  const all = hint === undefined ? [text] : [text, line(span(hint, 'yellow'))];
  const sign = unknown ? span('? ', 'yellow') : mark(held);
  const label = line(isBlocker ? span('▶ ', 'yellow') : '  ', sign, span(name.padEnd(NAME_WIDTH + 1), ...looks));
  const indent = 4 + 2 + 2 + NAME_WIDTH + 1;
  const lines = all.flatMap(one => wrap(one, width - indent));
  return lines.map((one, index) => (index === 0 ? line('    ', ...label, ...one) : line(' '.repeat(indent), ...one)));
}

/** The recorded decision: the differences and the outcomes. */
function renderRecord({record, differences = [], rules}: ChangeExplanation, {width}: Screen): Line[] {
  if (record === undefined) return [];
  const own = new Set(rules.filter(watchesBlueprint).map(({rule}) => rule));
  const shown = record.rules.filter(({rule, matched}) => matched || own.has(rule));
  const lines = [
    line(span('In the record', 'bold'), span(record.run === undefined ? '' : ` of ${record.run}`, 'dim')),
    ...shown.map(({rule, matched, reason}) =>
      line(
        matched ? span('● ', 'green') : span('○ ', 'dim'),
        rule,
        ` ${matched ? 'matched' : 'did not match'}: ${reason}`,
      ),
    ),
    ...record.reactions.map(({rule, kind, status, detail}) =>
      line(mark(status !== 'failed'), `${kind} ${status}: ${detail}`, span(`  ${rule}`, 'dim')),
    ),
    ...differences.map(renderDifference),
  ];
  return [line(), ...lines.flatMap((one, index) => indented(one, index === 0 ? 2 : 4, width))];
}

function renderDifference({rule, recorded, now}: Difference): Line {
  const was = recorded === null ? 'was not in the file' : recorded.matched ? 'matched' : 'did not match';
  const is =
    now === null ? 'is not in the file now' : `${now.matched ? 'matches' : 'does not match'} now: ${now.reason}`;
  return line(span('≠ ', 'yellow', 'bold'), span(`${rule}: ${was}, ${is}`, 'yellow'));
}
