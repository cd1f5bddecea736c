/** Report: what became of a command → the answer for its issue. Pure. */

import type {Html} from '../base/html.ts';
import type {Incident} from '../memory/format/format.ts';
import type {CommandName} from '../memory/incident-form.ts';
import {summaryHtml} from '../report/summary-html.ts';
import {type Asked, showTime} from './parse-form.ts';

export type CommandResult =
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
export function renderCommandAnswer(verdict: CommandResult, runUrl: string): string {
  const more = summaryHtml`<p><a href="${runUrl}">The run has more.</a></p>`;
  return `${bodyOf(verdict).markup}\n${more.markup}\n`;
}

function bodyOf(verdict: CommandResult): Html {
  if (verdict.kind === 'done')
    return summaryHtml`<p>✅ ${subject(verdict.incident)} ${EFFECTS[verdict.asked.do](verdict.asked)}</p>`;
  if (verdict.kind === 'failed') {
    return summaryHtml`<p>❌ This is not done, as far as is known: <code>${verdict.reason}</code></p>
<p>Run the workflow again: that repeats the command, and does nothing twice.</p>`;
  }
  const reasons = verdict.reasons.map(reason => summaryHtml`<li><code>${reason}</code></li>`);
  return summaryHtml`<p>❌ Nothing was changed:</p><ul>${reasons}</ul><p>To try again, use the link of the incident's message.</p>`;
}

function subject({id, title, rule}: Incident): Html {
  return summaryHtml`Incident <code>${id}</code> of <code>${title}</code> (rule <code>${rule}</code>)`;
}

const EFFECTS: Record<CommandName, (asked: Asked) => Html> = {
  acknowledge: asked =>
    summaryHtml`is acknowledged${end(asked)}: it sends no reminders and no escalations. It ends earlier if the incident does.`,
  silence: asked =>
    summaryHtml`is silenced${end(asked)}: it sends no messages but the one that it is over. Scripts still run.`,
  resume: () => summaryHtml`sends reminders and escalations again.`,
};

function end({until}: Asked): string {
  return until === undefined ? '' : ` until ${showTime(until)}`;
}

/** One line for the log. */
export function commandSentence(verdict: CommandResult): string {
  if (verdict.kind === 'done') return `${verdict.asked.do} ${verdict.incident.id}: done`;
  if (verdict.kind === 'failed') return `The command is not known to be done: ${verdict.reason}`;
  return `Nothing was changed: ${verdict.reasons.join(' ')}`;
}
