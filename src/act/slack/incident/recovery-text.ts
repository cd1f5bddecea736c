/** Act: the text about the end of an incident: its duration, and the script that ran before the end. Pure. */
import {showSpan} from '../../../base/text/show.ts';
import {join, nameOf, type Quote} from './phrases.ts';
import type {IncidentUpdate} from './update.ts';

/** "recovered after 14 min, 3 min after scale-up.sh" */
export function recoverySummary(update: IncidentUpdate, quote: Quote): string {
  return join(recoveredAfter(update.reaction.seconds), afterScript(update, quote));
}

/** @param seconds the duration of the incident */
export function recoveredAfter(seconds: number | undefined): string {
  return seconds === undefined ? 'recovered' : `recovered after ${showSpan(seconds)}`;
}

/**
 * "3 min after scale-up.sh (attempt 2)", if the script ran during the incident. A script that started after the end did not
 * cause it. Such a script can appear, because the run's clock can be minutes behind the changes.
 */
function afterScript({reaction}: IncidentUpdate, quote: Quote): string | undefined {
  const {rule, incident, seconds = 0} = reaction;
  const {lastRun, closed, attempts = 0} = incident ?? {};
  if (lastRun === undefined || closed === undefined || attempts === 0) return undefined;
  if (lastRun < closed - seconds) return undefined;
  if (lastRun > closed) return `tried: ${nameOf(rule.remediate, quote)}`;
  const which = attempts > 1 ? ` (attempt ${attempts})` : '';
  return `${showSpan(closed - lastRun)} after ${nameOf(rule.remediate, quote)}${which}`;
}
