/** Report: the job summary: every change, every rule with its reason, every reaction with its outcome. Pure. */

import {describeTimes} from '../act/notify-times.ts';
import {type Outcome, sentenceOf, tallyOf} from '../act/outcome.ts';
import {lastLines} from '../act/script/last-lines.ts';
import type {ConfigError} from '../base/errors.ts';
import type {Html} from '../base/text/html.ts';
import {clip, count, oneLine, showDuration, showValue} from '../base/text/show.ts';
import type {Change} from '../change/change.ts';
import {changedProperties, transitionOf} from '../change/transition.ts';
import {type DescribedDecision, describeAction, undecidedIn, verdictsOnBlueprint} from '../decide/describe.ts';
import {notInForce} from '../decide/plan.ts';
import {describeRoute, isRouted} from '../decide/route.ts';
import {showSide} from '../decide/show-side.ts';
import {rememberedOf} from '../memory/remembered.ts';
import type {Finished} from '../memory/run/input.ts';
import {incidentLines, recordedByChange} from './incident-lines.ts';
import {summaryHtml} from './summary-html.ts';

export interface Summary {
  /** The output `outcome` of the run. */
  readonly outcome: string;
  readonly decisions: readonly DescribedDecision[];
  readonly outcomes: readonly Outcome[];
  /** Mistakes in rules and settings. */
  readonly errors: readonly ConfigError[];
  /** Why no change needs a decision, and problems other than failed reactions. */
  readonly remarks: readonly string[];
  /** The incidents before and after. Absent without the incident memory. */
  readonly finished?: Finished | undefined;
}

/** GitHub drops a summary above 1 MiB completely. Content beyond this limit is counted instead of shown. */
const MAX_BYTES = 900 * 1024;
/** A longer decision is shortened, so that it does not hide the others. */
const MAX_DECISION = 450 * 1024;
const MAX_REMARKS = 20;
const MAX_ERROR = 50_000;
const MAX_MESSAGES = 5;
const MAX_MESSAGE = 10_000;
const MAX_JSON = 30_000;
const MAX_OUTPUT = 20_000;

/** The summary as HTML, with a limited size. Changes that need attention come first. */
export function renderSummary(summary: Summary): string {
  const sections = [renderHead(summary).markup];
  const incidents = recordedByChange(summary.finished);
  const decided = new Set(summary.decisions.map(({change}) => change));
  const byClock = [...incidents.keys()].filter(change => !decided.has(change));
  const decisions = mostUrgentFirst({
    ...summary,
    decisions: [...summary.decisions, ...byClock.map(change => ({change, verdicts: []}))],
  });
  let room = MAX_BYTES - byteLength(sections[0]);
  let isFull = false;
  const add = (markup: string): boolean => {
    const fits = byteLength(markup) <= room;
    if (fits) room -= byteLength(markup);
    if (fits) sections.push(markup);
    return fits;
  };
  for (const [index, decision] of decisions.entries()) {
    const own = summary.outcomes.filter(({match}) => match.change === decision.change);
    const lines = incidentLines(incidents.get(decision.change) ?? []);
    const full: string = isFull ? '' : renderDecision(decision, own, lines).markup;
    const isShown: boolean = full !== '' && byteLength(full) <= MAX_DECISION;
    if (isShown && add(full)) continue;
    isFull ||= isShown;
    if (add(renderInShort(decision, own).markup)) continue;
    sections.push(
      summaryHtml`<p>… and ${count(decisions.length - index, 'more change')} in the decision record.</p>`.markup,
    );
    break;
  }
  return `${sections.join('\n')}\n`;
}

/** The size of a line, including the line end. */
function byteLength(markup = ''): number {
  return Buffer.byteLength(markup) + 1;
}

/** Failed and undecided changes first, then changes with reactions, then the others. Within a group, the order of the event. */
function mostUrgentFirst({decisions, outcomes}: Summary): DescribedDecision[] {
  const failed = new Set(
    outcomes.filter(({status, match}) => status === 'failed' || match.undecided).map(({match}) => match.change),
  );
  for (const {change} of undecidedIn(decisions)) failed.add(change);
  const reacted = new Set(outcomes.map(({match}) => match.change));
  const rank = ({change}: DescribedDecision) => (failed.has(change) ? 0 : reacted.has(change) ? 1 : 2);
  return decisions.toSorted((a, b) => rank(a) - rank(b));
}

function renderHead({outcome, decisions, outcomes, errors, remarks}: Summary): Html {
  const matched = decisions.filter(({verdicts}) => verdicts.some(verdict => verdict.matched)).length;
  const text = `${count(decisions.length, 'change')}, ${matched} matched by a rule; reactions: ${tallyOf(outcomes) || 'none'}.`;
  return summaryHtml`<h2>${ICONS[outcome] ?? ''} Port Reactor: ${outcome}</h2>
<p>${text}</p>${renderErrors(errors)}${renderRemarks(remarks)}${renderUnknownCreation(outcomes)}${renderMessages(outcomes)}`;
}

function renderErrors(errors: readonly ConfigError[]): Html[] {
  return errors.map(
    ({message}) => summaryHtml`
<h3>❌ Broken</h3><pre>${clip(message, MAX_ERROR)}</pre>`,
  );
}

function renderRemarks(remarks: readonly string[]): Html[] {
  const rest = remarks.length - MAX_REMARKS;
  const shown = [...remarks.slice(0, MAX_REMARKS), ...(rest > 0 ? [`… and ${count(rest, 'more remark')}.`] : [])];
  return shown.map(
    remark => summaryHtml`
<p>⚠️ ${clip(remark, 1000)}</p>`,
  );
}

/** The table shows a dash for each message. The reason is shown once, because all messages share it. */
function renderUnknownCreation(outcomes: readonly Outcome[]): Html[] {
  const why = outcomes.map(({times}) => times?.runCreatedUnknown).find(reason => reason !== undefined);
  if (why === undefined) return [];
  return [
    summaryHtml`
<p>⏱️ The time at which GitHub created the run is unknown: ${clip(why, 500)}.</p>`,
  ];
}

/** Shows the text of messages that were not delivered. */
function renderMessages(outcomes: readonly Outcome[]): Html[] {
  const unsent = outcomes.filter(({status}) => status !== 'done').flatMap(({message}) => message ?? []);
  const messages = [...new Set(unsent)];
  const rest = messages.length - MAX_MESSAGES;
  const shown = messages.slice(0, MAX_MESSAGES).map(
    message => summaryHtml`
<details open><summary>The Slack message</summary><pre>${clip(message, MAX_MESSAGE)}</pre></details>`,
  );
  return rest > 0 ? [...shown, summaryHtml`<p>… and ${count(rest, 'more message')}.</p>`] : shown;
}

const ICONS: Readonly<Record<string, string>> = {
  reacted: '✅',
  nothing: '💤',
  duplicate: '♻️',
  'dry-run': '📝',
  failed: '❌',
  done: '✅',
  planned: '📝',
  skipped: '⏭️',
};

function renderDecision(
  {change, verdicts}: DescribedDecision,
  own: readonly Outcome[],
  incidents: readonly Html[],
): Html {
  return summaryHtml`
${renderChange(change)}
${own.length === 0 ? summaryHtml`<p>No reaction.</p>` : renderReactions(own)}${incidents}
${verdicts.length === 0 ? summaryHtml`<p>A timer of the incident memory was due.</p>` : renderVerdicts(verdicts)}
<details><summary>The change as JSON</summary><pre>${clip(JSON.stringify(change, null, 2), MAX_JSON)}</pre></details>`;
}

/** The counts and the failed reactions. */
function renderInShort({change, verdicts}: DescribedDecision, own: readonly Outcome[]): Html {
  const matched = verdicts.filter(verdict => verdict.matched).length;
  const undecided = verdicts.filter(verdict => verdict.undecided).length;
  const failed = own.filter(({status}) => status === 'failed').slice(0, MAX_FAILED);
  const text = `${count(verdicts.length, 'rule')}: ${matched} matched, ${undecided} undecided; reactions: ${tallyOf(own) || 'none'}. Too long to show here. See the decision record for all details.`;
  return summaryHtml`
${renderChange(change)}
<p>${text}</p>${failed.map(outcome => summaryHtml`<p>❌ ${clip(sentenceOf(outcome), 500)}</p>`)}`;
}

const MAX_FAILED = 5;

function renderChange(change: Change): Html {
  return summaryHtml`<h3>${clip(oneLine(change.title), 150)}: ${changeHeadline(change)}</h3>
<p><code>${showValue(change.entity)}</code> in <code>${showValue(change.blueprint)}</code>, change <code>${showValue(change.id)}</code>, at ${showValue(change.at, 64)}, by ${whoOf(change)}${cutNote(change)}</p>`;
}

function renderVerdicts(verdicts: DescribedDecision['verdicts']): Html {
  const own = verdictsOnBlueprint({verdicts});
  const others = verdicts.length - own.length;
  const rows = own.map(
    ({rule, matched, undecided, reason}) => summaryHtml`
<tr><td>${matched ? '✅ matched' : undecided ? '❓ undecided' : '➖ not matched'}</td><td><code>${rule}</code></td><td>${clip(reason, 1000)}</td></tr>`,
  );
  const note = summaryHtml`<p>Watching other blueprints: ${count(others, 'rule')}.</p>`;
  return summaryHtml`<table><tr><th>Decision</th><th>Rule</th><th>Reason</th></tr>${rows}</table>${others > 0 ? note : []}`;
}

function renderReactions(outcomes: readonly Outcome[]): Html {
  return summaryHtml`<table><tr><th>Status</th><th>Reaction</th><th>Rule</th><th>Outcome</th><th>Took</th></tr>${outcomes.map(renderReaction)}</table>${renderOutputs(outcomes)}`;
}

function renderReaction(outcome: Outcome): Html {
  const {match, kind, status, detail, durationMs, times, run, job, destination, unchecked} = outcome;
  const notes = [
    ...(times === undefined ? [] : [summaryHtml`<br>⏱️ ${describeTimes(times)}`]),
    ...(match.undecided ?? []).map(reason => summaryHtml`<br>❓ ${clip(reason, 500)}`),
    ...(unchecked === undefined ? [] : [summaryHtml`<br>ℹ️ not checked: ${clip(unchecked, 500)}`]),
    ...(rememberedOf(match) === undefined ? notInForce(match.rule, kind) : []).map(note => summaryHtml`<br>ℹ️ ${note}`),
  ];
  const subject = run ?? job ?? destination ?? '';
  const hasRoute = destination !== undefined && isRouted(match);
  const via = hasRoute ? summaryHtml`<br>${clip(describeRoute(match), 500)}` : [];
  return summaryHtml`
<tr><td>${ICONS[status] ?? '❌'} ${status}</td><td>${kind} ${subject === '' ? [] : summaryHtml`<code>${subject}</code>`}${via}</td><td><code>${match.rule.name}</code></td><td>${clip(detail, 1000)}${notes}</td><td>${durationMs === undefined ? '' : showDuration(durationMs)}</td></tr>`;
}

function renderOutputs(outcomes: readonly Outcome[]): Html[] {
  return outcomes
    .filter(({output = ''}) => output.trim() !== '')
    .map(
      ({output = '', run = ''}) => summaryHtml`
<details><summary>Output of <code>${run}</code></summary><pre>${lastPart(output)}</pre></details>`,
    );
}

function lastPart(output: string): string {
  if (output.length <= MAX_OUTPUT) return output;
  const rows = output.trimEnd().split('\n');
  return `${lastLines(rows, {lines: rows.length, chars: MAX_OUTPUT}).join('\n')}\n`;
}

/** "healthStatus Healthy → Degraded", or the action on the entity. */
export function changeHeadline(change: Change): string {
  const names = change.action === 'UPDATE' ? changedProperties(change) : [];
  const [first] = names;
  if (first === undefined) return describeAction(change);
  const {property, from, to} = transitionOf(change, first);
  const more = names.length === 1 ? '' : ` and ${names.length - 1} more`;
  return `${clip(oneLine(property), 80)} ${clip(showSide(from), 60)} → ${clip(showSide(to), 60)}${more}`;
}

function whoOf({by, origin}: Change): string {
  const who = by.email ?? by.userId ?? (by.byPort ? 'Port' : 'unknown');
  return origin === '' ? showValue(who, 100) : `${showValue(who, 100)} via ${showValue(origin, 60)}`;
}

function cutNote({truncated}: Change): string {
  return truncated === undefined
    ? ''
    : `. Truncated to fit GitHub's size limit: ${clip(truncated.map(oneLine).join(', '), 300)}`;
}
