/** Report: the job summary: what happened, every rule with its reason, every reaction with its outcome. Pure. */
import type {Outcome} from '../act/outcome.ts';
import type {Change} from '../change/change.ts';
import {changedProperties, transitionOf} from '../change/transition.ts';
import {describeAction, showSide} from '../decide/conditions.ts';
import type {Decision} from '../decide/evaluate.ts';
import {notInForce} from '../decide/plan.ts';
import {clip, count, oneLine, showDuration, showValue} from '../text.ts';
import {type Html, html} from './html.ts';

export interface Summary {
  /** What became of the run as a whole: the output `outcome`. */
  readonly outcome: string;
  readonly decisions: readonly Decision[];
  readonly outcomes: readonly Outcome[];
  /** Why there is nothing to decide, or what went wrong beside the reactions. */
  readonly remarks: readonly string[];
}

/** GitHub drops a step's summary above 1 MiB, whole; what comes after this size is counted instead of shown. */
const MAX_LENGTH = 700_000;
const MAX_JSON = 30_000;
const MAX_OUTPUT = 20_000;

/** The summary as HTML, bounded in size whatever the changes hold. */
export function renderSummary(summary: Summary): string {
  const sections: string[] = [renderHead(summary).markup];
  let length = sections[0]?.length ?? 0;
  for (const [index, decision] of summary.decisions.entries()) {
    const {markup} = renderDecision(decision, summary.outcomes);
    length += markup.length;
    if (length > MAX_LENGTH) {
      const rest = count(summary.decisions.length - index, 'more change');
      sections.push(html`<p>… and ${rest}, in the decision record.</p>`.markup);
      break;
    }
    sections.push(markup);
  }
  return `${sections.join('\n')}\n`;
}

function renderHead({outcome, decisions, outcomes, remarks}: Summary): Html {
  const tally = (['done', 'planned', 'skipped', 'failed'] as const)
    .map(status => ({status, n: outcomes.filter(one => one.status === status).length}))
    .filter(({n}) => n > 0)
    .map(({status, n}) => `${n} ${status}`);
  const matched = decisions.filter(({verdicts}) => verdicts.some(verdict => verdict.matched)).length;
  const text = `${count(decisions.length, 'change')}, ${matched} matched by a rule; reactions: ${tally.join(', ') || 'none'}.`;
  return html`<h2>${ICONS[outcome] ?? ''} Port Reactor: ${outcome}</h2>
<p>${text}</p>${remarks.map(
    remark => html`
<p>⚠️ ${clip(remark, 2000)}</p>`,
  )}`;
}

const ICONS: Readonly<Record<string, string>> = {
  reacted: '✅', nothing: '💤', duplicate: '♻️', 'dry-run': '📝', failed: '❌',
  done: '✅', planned: '📝', skipped: '⏭️',
};

function renderDecision({change, verdicts}: Decision, outcomes: readonly Outcome[]): Html {
  const own = outcomes.filter(({match}) => match.change === change);
  const watching = verdicts.filter(({rule}) => rule.blueprint === change.blueprint);
  const others = verdicts.length - watching.length;
  return html`
<h3>${clip(oneLine(change.title), 150)}: ${headlineOf(change)}</h3>
<p><code>${showValue(change.entity)}</code> in <code>${showValue(change.blueprint)}</code>, at ${showValue(change.at, 64)}, by ${whoOf(change)}${cutNote(change)}</p>
${own.length === 0 ? html`<p>No reaction.</p>` : renderReactions(own)}
<table><tr><th></th><th>Rule</th><th>Reason</th></tr>${watching.map(
    ({rule, matched, reason}) => html`
<tr><td>${matched ? '✅' : '➖'}</td><td><code>${rule.name}</code></td><td>${clip(reason, 1000)}</td></tr>`,
  )}</table>${
    others > 0
      ? html`
<p>${count(others, 'rule')} watch other blueprints.</p>`
      : []
  }
<details><summary>The change as JSON</summary><pre>${clip(JSON.stringify(change, null, 2), MAX_JSON)}</pre></details>`;
}

function renderReactions(outcomes: readonly Outcome[]): Html {
  return html`<table><tr><th></th><th>Reaction</th><th>Rule</th><th>Outcome</th><th>Took</th></tr>${outcomes.map(renderReaction)}</table>${textsOf(outcomes)}`;
}

function renderReaction({match, kind, status, detail, durationMs, run, job}: Outcome): Html {
  const notes = notInForce(match.rule, kind).map(note => html`<br>ℹ️ ${note}`);
  const subject = run ?? job ?? '';
  return html`
<tr><td>${ICONS[status] ?? '❌'}</td><td>${kind} ${subject === '' ? [] : html`<code>${subject}</code>`}</td><td><code>${match.rule.name}</code></td><td>${status}: ${clip(detail, 1000)}${notes}</td><td>${durationMs === undefined ? '' : showDuration(durationMs)}</td></tr>`;
}

/** Messages that nobody got are to be read here; outputs are worth a look. */
function textsOf(outcomes: readonly Outcome[]): Html[] {
  const unsent = outcomes.filter(({message, status}) => message !== undefined && status !== 'done');
  const messages = [...new Set(unsent.map(({message = ''}) => message))].map(
    message => html`
<details open><summary>The Slack message</summary><pre>${clip(message, MAX_OUTPUT)}</pre></details>`,
  );
  const outputs = outcomes.flatMap(({output, run}) =>
    output === undefined || output.trim() === ''
      ? []
      : [
          html`
<details><summary>Output of <code>${run ?? ''}</code></summary><pre>${output.slice(-MAX_OUTPUT)}</pre></details>`,
        ],
  );
  return [...messages, ...outputs];
}

/** "healthStatus Healthy → Degraded", or what happened to the entity. */
export function headlineOf(change: Change): string {
  const names = change.action === 'UPDATE' ? changedProperties(change) : [];
  const [first] = names;
  if (first === undefined) return describeAction(change);
  const {property, from, to} = transitionOf(change, first);
  const more = names.length === 1 ? '' : ` and ${count(names.length - 1, 'more')}`;
  return `${clip(oneLine(property), 80)} ${clip(showSide(from), 60)} → ${clip(showSide(to), 60)}${more}`;
}

function whoOf({by, origin}: Change): string {
  const who = by.email ?? by.userId ?? (by.byPort ? 'Port' : 'unknown');
  return origin === '' ? showValue(who, 100) : `${showValue(who, 100)} via ${showValue(origin, 60)}`;
}

function cutNote({truncated}: Change): string {
  return truncated === undefined
    ? ''
    : `. Cut to keep GitHub's size limit: ${clip(truncated.map(oneLine).join(', '), 300)}`;
}
