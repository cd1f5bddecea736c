/** Report: what became of a command → the answer for its issue. Pure. */
import type {Incident} from '../memory/format/format.ts';
import type {CommandName} from '../memory/incident-form.ts';
import {type Html, html} from '../report/html.ts';
import {type Asked, showTime} from './parse-form.ts';

export type Verdict =
  /** The memory holds what was asked for. */
  | {readonly kind: 'done'; readonly asked: Asked; readonly incident: Incident}
  /** Nothing was written, and nothing will be. The reasons are sentences that may hold text of the issue. */
  | {readonly kind: 'refused'; readonly reasons: readonly string[]}
  /** It is not known to be written. A re-run may succeed. */
  | {readonly kind: 'failed'; readonly reason: string};

/**
 * The comment. GitHub links names and numbers of issues in text, and notifies whom it names, but not within `code`: all that
 * people or the catalog wrote is there.
 * @param runUrl of the run that answers
 */
export function renderAnswer(verdict: Verdict, runUrl: string): string {
  const more = html`<p><a href="${runUrl}">The run has more.</a></p>`;
  return `${bodyOf(verdict).markup}\n${more.markup}\n`;
}

function bodyOf(verdict: Verdict): Html {
  if (verdict.kind === 'done')
    return html`<p>✅ ${subject(verdict.incident)} ${EFFECTS[verdict.asked.do](verdict.asked)}</p>`;
  if (verdict.kind === 'failed') {
    return html`<p>❌ This is not done, as far as is known: <code>${verdict.reason}</code></p>
<p>Run the workflow again: that repeats the command, and does nothing twice.</p>`;
  }
  const reasons = verdict.reasons.map(reason => html`<li><code>${reason}</code></li>`);
  return html`<p>❌ Nothing was changed:</p><ul>${reasons}</ul><p>To try again, use the link of the incident's message.</p>`;
}

function subject({id, title, rule}: Incident): Html {
  return html`Incident <code>${id}</code> of <code>${title}</code> (rule <code>${rule}</code>)`;
}

const EFFECTS: Record<CommandName, (asked: Asked) => Html> = {
  acknowledge: asked =>
    html`is acknowledged${end(asked)}: it sends no reminders and no escalations. It ends earlier if the incident does.`,
  silence: asked =>
    html`is silenced${end(asked)}: it sends no messages but the one that it is over. Scripts still run.`,
  resume: () => html`sends reminders and escalations again.`,
};

function end({until}: Asked): string {
  return until === undefined ? '' : ` until ${showTime(until)}`;
}

/** One line for the log. */
export function sentenceOf(verdict: Verdict): string {
  if (verdict.kind === 'done') return `${verdict.asked.do} ${verdict.incident.id}: done`;
  if (verdict.kind === 'failed') return `The command is not known to be done: ${verdict.reason}`;
  return `Nothing was changed: ${verdict.reasons.join(' ')}`;
}
