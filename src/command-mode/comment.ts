/** Report: the result of a command → the answer for its issue. Pure. */

import type {Html} from '../base/text/html.ts';
import type {Incident} from '../memory/format/format.ts';
import type {CommandName} from '../memory/incident-form.ts';
import {summaryHtml} from '../report/summary-html.ts';
import {type FormCommand, showTime} from './parse-form.ts';

export type CommandResult =
  /** The memory contains the command. */
  | {readonly kind: 'done'; readonly command: FormCommand; readonly incident: Incident}
  /** Nothing was or will be written. The reasons are sentences that may contain text of the issue. */
  | {readonly kind: 'refused'; readonly reasons: readonly string[]}
  /** It is not known whether the command was written. A re-run may succeed. */
  | {readonly kind: 'failed'; readonly reason: string};

/**
 * The comment on the issue. In text, GitHub links names and issue numbers and notifies the people it names, but not within
 * `code`. So all text of people or the catalog is in `code`.
 * @param runUrl URL of the run that answers
 */
export function renderComment(verdict: CommandResult, runUrl: string): string {
  const more = summaryHtml`<p><a href="${runUrl}">See the workflow run for details.</a></p>`;
  return `${bodyOf(verdict).markup}\n${more.markup}\n`;
}

function bodyOf(verdict: CommandResult): Html {
  if (verdict.kind === 'done')
    return summaryHtml`<p>✅ ${subject(verdict.incident)} ${EFFECTS[verdict.command.do](verdict.command)}</p>`;
  if (verdict.kind === 'failed') {
    return summaryHtml`<p>❌ The command may not have been applied: <code>${verdict.reason}</code></p>
<p>Re-run the workflow. It repeats the command safely: nothing is done twice.</p>`;
  }
  const reasons = verdict.reasons.map(reason => summaryHtml`<li><code>${reason}</code></li>`);
  return summaryHtml`<p>❌ Nothing was changed:</p><ul>${reasons}</ul><p>To try again, use the link in the incident's message.</p>`;
}

function subject({id, title, rule}: Incident): Html {
  return summaryHtml`Incident <code>${id}</code> of <code>${title}</code> (rule <code>${rule}</code>)`;
}

const EFFECTS: Record<CommandName, (command: FormCommand) => Html> = {
  acknowledge: command =>
    summaryHtml`is acknowledged${end(command)}: no reminders or escalations are sent. This ends earlier if the incident closes.`,
  silence: command =>
    summaryHtml`is silenced${end(command)}: no messages are sent, except the one that it is closed. Scripts still run.`,
  resume: () => summaryHtml`sends reminders and escalations again.`,
};

function end({until}: FormCommand): string {
  return until === undefined ? '' : ` until ${showTime(until)}`;
}

/** One line for the log. */
export function commandSentence(verdict: CommandResult): string {
  if (verdict.kind === 'done') return `${verdict.command.do} ${verdict.incident.id}: done`;
  if (verdict.kind === 'failed') return `The command may not have been applied: ${verdict.reason}`;
  return `Nothing was changed: ${verdict.reasons.join(' ')}`;
}
