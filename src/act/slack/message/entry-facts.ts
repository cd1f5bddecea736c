/** Act: the facts of an entry: place, time, person and remediation. Pure. */
import {clip, oneLine, showValue} from '../../../base/text/show.ts';
import type {Change} from '../../../change/change.ts';
import {code, escapeText, localTime} from '../block-kit/text.ts';
import {remediationTexts} from '../incident/remediation-text.ts';
import {asidesOf, commandFormLinks, factsOfUpdates} from '../incident/update-lines.ts';
import {type Entry, type MessageContext, missingMemoryNote} from './entry.ts';
import {unnamedTransitions} from './entry-changes.ts';

/** One line each: the transitions that no line above contains, the place, the time, the person, the remediation. */
export function factLines(entry: Entry, context: MessageContext): string[] {
  const {change, updates} = entry;
  const incidentFacts = factsOfUpdates(updates);
  const team = change.team.length === 0 ? '' : ` · team ${escapeText(clip(change.team.map(oneLine).join(', '), 100))}`;
  const doing = remediationOf(entry, context);
  return [
    ...unnamedTransitions(entry, context).map(line => `*Change:* ${line}`),
    `*Where:* ${code(change.entity)} in ${code(change.blueprint, 80)}${team}`,
    ...(incidentFacts.length > 0 ? incidentFacts : [`*Since:* ${localTime(change.at)}`]),
    ...whoLine(change),
    ...(doing === undefined ? [] : [`*Remediation:* ${doing}`]),
    ...asidesOf(updates),
    ...missingMemoryNote([entry]),
  ];
}

/** The time, the person, the remediation and the open incidents, on one line. */
export function factLine(entry: Entry, context: MessageContext): string {
  const doing = remediationOf(entry, context);
  const who = whoOf(entry.change);
  const by = who === undefined ? '' : ` by ${who}`;
  const forms = commandFormLinks(entry.updates, context.runUrl).map(id => `incident ${id}`);
  return [`${localTime(entry.change.at)}${by}`, ...(doing === undefined ? [] : [doing]), ...forms].join(' · ');
}

/** Empty if no fact is known. */
function whoLine(change: Change): string[] {
  const who = whoOf(change);
  const origin = change.origin === '' ? undefined : escapeText(showValue(change.origin, 60));
  if (who === undefined) return origin === undefined ? [] : [`*Via:* ${origin}`];
  return [`*By:* ${who}${origin === undefined ? '' : ` via ${origin}`}`];
}

function whoOf({by}: Change): string | undefined {
  const name = by.email ?? by.userId ?? (by.byPort ? 'Port' : undefined);
  return name === undefined ? undefined : escapeText(showValue(name, 100));
}

/** The state of the remediation when the message is sent. */
function remediationOf({matches}: Entry, context: MessageContext): string | undefined {
  const all = remediationTexts(matches, context);
  return all.length === 0 ? undefined : all.slice(0, 3).join('; ');
}
