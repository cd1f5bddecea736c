/** Report: the changes of a pull request as part of a job summary: rules by name, rule tests and reactions. Pure. */

import type {Html} from '../base/text/html.ts';
import {clip, count, oneLine} from '../base/text/show.ts';
import {limitHtml} from '../report/limit-html.ts';
import {summaryHtml} from '../report/summary-html.ts';
import type {ActualMessage, ActualMute, ActualRemediation} from '../rule-tests/actual.ts';
import type {LintModeResult} from './check.ts';
import type {OneSided, ReactionChange, RulesComparison, TestComparison} from './compare.ts';

type Compared = NonNullable<LintModeResult['comparison']>;

const MAX_BYTES = 300 * 1024;
const MAX_NAMES = 30;
const MAX_ITEMS = 10;
const MAX_TEXT = 2_000;

export function renderComparison({baseSha, rules, tests}: Compared): Html[] {
  const relevant = tests.filter(isRelevant).toSorted((a, b) => urgency(a) - urgency(b));
  const {shown, rest} = limitHtml(relevant, MAX_BYTES, renderTest);
  return [
    summaryHtml`<h3>What changes against the base, <code>${baseSha.slice(0, 7)}</code></h3>`,
    summaryHtml`<p>Rules: ${renderRules(rules)}.</p>`,
    summaryHtml`<p>Rule tests: ${tallyChanges(tests)}.</p>`,
    ...(shown.length === 0
      ? []
      : [
          summaryHtml`<table><tr><th>Rule test</th><th>Base → head</th><th>Reactions: <code>-</code> before, <code>+</code> now</th></tr>${shown}</table>`,
        ]),
    ...(rest > 0 ? [summaryHtml`<p>… and ${count(rest, 'more rule test')}.</p>`] : []),
  ];
}

function renderRules({added, removed, changed, shared}: RulesComparison): Html {
  const parts = [
    renderNames('added', added),
    renderNames('removed', removed),
    renderNames(
      'changed',
      changed.map(({name, keys}) => `${name} (${keys.join(', ')})`),
    ),
    renderNames('shared keys changed', shared),
  ].flat();
  return parts.length === 0 ? summaryHtml`the same` : joined(parts);
}

function renderNames(what: string, names: readonly string[]): Html[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, MAX_NAMES).map(name => summaryHtml`<code>${clip(oneLine(name), 200)}</code>`);
  const rest = names.length - shown.length;
  return [
    summaryHtml`${names.length} ${what}: ${joined(rest > 0 ? [...shown, summaryHtml`and ${rest} more`] : shown)}`,
  ];
}

function joined(parts: readonly Html[]): Html {
  return summaryHtml`${parts.map((part, index) => (index === 0 ? part : summaryHtml`, ${part}`))}`;
}

/** "1 added, 2 edited, 1 pass → fail, 3 with other reactions". */
export function tallyChanges(tests: readonly TestComparison[]): string {
  const counted = (is: (test: TestComparison) => boolean, what: string) => {
    const n = tests.filter(is).length;
    return n === 0 ? [] : [`${n} ${what}`];
  };
  const parts = [
    ...(['added', 'removed', 'edited'] as const).flatMap(kind => counted(test => test.kind === kind, kind)),
    ...counted(failsNow, 'pass → fail'),
    ...counted(({before, after}) => before === false && after === true, 'fail → pass'),
    ...counted(({formerAfter}) => formerAfter === false, 'edited or removed tests that would fail unedited'),
    ...counted(({reactions}) => reactions.length > 0, 'with other reactions'),
  ];
  return parts.length === 0 ? `nothing changes for ${count(tests.length, 'test')}` : parts.join(', ');
}

function failsNow({before, after}: TestComparison): boolean {
  return before === true && after === false;
}

function isRelevant({kind, before, after, reactions}: TestComparison): boolean {
  return kind !== 'kept' || before !== after || reactions.length > 0;
}

function urgency(test: TestComparison): number {
  if (failsNow(test)) return 0;
  if (test.formerAfter === false) return 1;
  return test.reactions.length > 0 ? 2 : 3;
}

function renderTest(test: TestComparison): Html {
  const kind = test.kind === 'kept' ? [] : [summaryHtml` <i>(${test.kind})</i>`];
  const reactions = test.reactions.slice(0, MAX_ITEMS).map(renderReaction);
  const rest = test.reactions.length - reactions.length;
  const more = rest > 0 ? [summaryHtml`<br>… and ${count(rest, 'more difference')}`] : [];
  return summaryHtml`<tr><td>${clip(oneLine(test.name), 200)}${kind}</td><td>${statusOf(test)}</td><td>${reactions.length === 0 ? 'the same' : ''}${reactions}${more}</td></tr>`;
}

function statusOf({kind, before, after, formerAfter}: TestComparison): string {
  const words = (passes: boolean | undefined) => (passes === undefined ? 'unknown' : passes ? 'passes' : 'fails');
  if (kind === 'added') return `new: ${words(after)}`;
  if (kind === 'removed') return `${words(before)} → removed. It would ${formerAfter === false ? 'fail' : 'pass'}.`;
  const status = `${words(before)} → ${words(after)}`;
  return kind === 'edited' && formerAfter === false ? `${status}. Unedited, it would fail.` : status;
}

function renderReaction({of, rules, messages, remediations, muted}: ReactionChange): Html {
  const lines = [
    ...signed(rules, name => `rule ${name}`),
    ...renderMessages(messages),
    ...signed(remediations, describeRemediation),
    ...signed(muted, describeMute),
  ];
  const shown = clip(lines.join('\n'), MAX_TEXT);
  return summaryHtml`${of === undefined ? '' : `${of}:`}<pre>${shown}</pre>`;
}

function signed<T>({before, after}: OneSided<T>, describe: (item: T) => string): string[] {
  const list = (sign: string, items: readonly T[]) => {
    const lines = items.slice(0, MAX_ITEMS).map(item => `${sign} ${clip(oneLine(describe(item)), 300)}`);
    return items.length > lines.length ? [...lines, `${sign} … and ${items.length - lines.length} more`] : lines;
  };
  return [...list('-', before), ...list('+', after)];
}

/** Pairs messages to the same destination, and shows only the lines that differ. */
function renderMessages({before, after}: OneSided<ActualMessage>): string[] {
  const left = [...after];
  const pairs = before.map((old): [ActualMessage, ActualMessage | undefined] => {
    const index = left.findIndex(({slack}) => slack === old.slack);
    return [old, index < 0 ? undefined : left.splice(index, 1)[0]];
  });
  const all = [...pairs, ...left.map((now): [undefined, ActualMessage] => [undefined, now])];
  return all.slice(0, MAX_ITEMS).flatMap(([old, now]) => renderMessage(old, now));
}

function renderMessage(old: ActualMessage | undefined, now: ActualMessage | undefined): string[] {
  const slack = oneLine(now?.slack ?? old?.slack ?? '');
  if (old === undefined) return [`+ message to ${slack}`, ...marked('+', now?.text ?? '')];
  if (now === undefined) return [`- message to ${slack}`, ...marked('-', old.text)];
  const key = old.text === now.text ? 'mrkdwn' : 'text';
  const [removed, added] = [linesOf(old[key]), linesOf(now[key])];
  return [
    `  message to ${slack}`,
    ...marked('-', removed.filter(line => !added.includes(line)).join('\n')),
    ...marked('+', added.filter(line => !removed.includes(line)).join('\n')),
  ];
}

function marked(sign: string, text: string): string[] {
  return linesOf(text).map(line => `${sign}   ${line}`);
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line.trim() !== '');
}

function describeRemediation({run, job, rule, entity}: ActualRemediation): string {
  return `${run === undefined ? `job ${job}` : `run ${run}`}, by ${rule} for ${entity}`;
}

function describeMute({slack, run, job, rule, reason}: ActualMute): string {
  const what = slack === undefined ? (run === undefined ? `job ${job}` : `run ${run}`) : `message to ${slack}`;
  return `muted: ${what}, by ${rule}: ${reason}`;
}
