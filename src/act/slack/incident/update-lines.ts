/** Act: the facts that the memory adds to an entry, as lines of a message. Pure. */

import {capitalize, clip, count, oneLine} from '../../../base/text/show.ts';
import {statusIcon} from '../../../decide/direction.ts';
import {incidentFormUrl} from '../../../memory/incident-form.ts';
import type {Rule, Rules} from '../../../rules/rules.ts';
import {code, escapeUrl, link, localTime} from '../block-kit/text.ts';
import type {IncidentUpdate} from './update.ts';
import {consequencesOf, inhibitionOf, triedOf, updateSummary} from './update-text.ts';

const asCode = (name: string) => code(name, 80);
const asText = (name: string) => clip(oneLine(name), 80);

/** The news as sentences: "Recovered after 14 min, 3 min after `scale-up.sh`." */
export function updateLines(updates: readonly IncidentUpdate[], nowMs: number | undefined): string[] {
  return [
    ...new Set(
      updates.flatMap(update => {
        const summary = updateSummary(update, nowMs, asCode);
        return [...(summary === undefined ? [] : [`${capitalize(summary)}.`]), ...consequencesOf(update)];
      }),
    ),
  ];
}

/** The news in a few words, for one line of mrkdwn. */
export function summariesInMrkdwn(updates: readonly IncidentUpdate[], nowMs: number | undefined): string[] {
  return [...new Set(updates.flatMap(update => updateSummary(update, nowMs, asCode) ?? []))];
}

/** The news as plain text, for a lock screen. */
export function plainSummaries(updates: readonly IncidentUpdate[], nowMs: number | undefined): string[] {
  return [...new Set(updates.flatMap(update => updateSummary(update, nowMs, asText) ?? []))];
}

/** The values in the memory, for messages of the clock. A value that was too long to be stored is not shown. */
export function valueLines(updates: readonly IncidentUpdate[], statuses: Rules['statuses'], max = 150): string[] {
  return [...new Set(knownValues(updates).map(known => valueLine(known, statuses, max)))];
}

/** "`healthStatus`: 🔴 `Crashed`" */
export function valueLine(
  {property, value}: {readonly property: string; readonly value: unknown},
  statuses: Rules['statuses'],
  max: number,
): string {
  const shown = value === null ? '_not set_' : code(value, max);
  return `${code(property, Math.min(max, 80))}: ${`${statusIcon(statuses, property, value)} ${shown}`.trim()}`;
}

export function knownValues(updates: readonly IncidentUpdate[]): {property: string; value: unknown; rule: Rule}[] {
  return updates.flatMap(({reaction: {byClock, rule, incident}}) => {
    if (!byClock || rule.property === undefined || incident?.value === undefined) return [];
    return [{property: rule.property, value: incident.value, rule}];
  });
}

/** The start, the end and the earlier attempts, each on one line. */
export function factsOfUpdates(updates: readonly IncidentUpdate[]): string[] {
  const [first] = updates;
  const incident = first?.reaction.incident;
  if (first === undefined || incident === undefined) return [];
  const since = momentOf(incident.since);
  const isFirst = first.reaction.topic === 'firing';
  return [
    incident.closed === undefined
      ? `*${isFirst ? 'Since' : 'Open since'}:* ${since}`
      : `*Was open:* ${since} to ${momentOf(incident.closed)}`,
    ...new Set(updates.flatMap(triedLines)),
  ];
}

function triedLines(update: IncidentUpdate): string[] {
  const tried = triedOf(update, asCode);
  return tried === undefined ? [] : [`*Tried:* ${tried.what}, the last at ${momentOf(tried.lastRun)}`];
}

/** Additional facts: how many incidents it inhibits, and whether the message may be a repetition. */
export function asidesOf(updates: readonly IncidentUpdate[]): string[] {
  const inhibitions = updates.flatMap(update => inhibitionOf(update) ?? []);
  const isRepeat = updates.some(({reaction}) => reaction.mayBeRepeat === true);
  return [
    ...[...new Set(inhibitions)].map(line => `⏸️ ${capitalize(line)}.`),
    ...(isRepeat ? ['_This may be a repeat: an earlier run may have sent it._'] : []),
  ];
}

/** The additional facts for a digest, as counts. */
export function asideCounts(updates: readonly IncidentUpdate[]): string[] {
  const inhibiting = updates.filter(({reaction}) => reaction.inhibitedCount !== undefined);
  const inhibited = inhibiting.reduce((sum, {reaction}) => sum + (reaction.inhibitedCount ?? 0), 0);
  const repeats = updates.filter(({reaction}) => reaction.mayBeRepeat === true).length;
  return [
    ...(inhibited > 0
      ? [
          `⏸️ ${count(inhibited, 'more incident')} held back, as ${inhibited === 1 ? 'it depends' : 'they depend'} on these`,
        ]
      : []),
    ...(repeats > 0 ? [`_${repeats} of these may be repeats: an earlier run may have sent them._`] : []),
  ];
}

/**
 * Links to the run that first reported the incident, and to the run of a script with an unknown result. Links to this run are
 * omitted.
 */
export function runsOf(updates: readonly IncidentUpdate[], runUrl: string): {label: string; url: string}[] {
  const [first] = updates;
  const unknown = updates.find(({reaction}) => reaction.topic === 'outcome-unknown')?.script;
  const found = [
    {label: 'Run of the script', run: unknown?.kind === 'note' ? unknown.run : undefined},
    {label: 'First run', run: first?.reaction.incident?.firstRun},
  ];
  const links = found.flatMap(({label, run}) => {
    const url = runAddress(runUrl, run);
    return url === undefined || url === escapeUrl(runUrl) ? [] : [{label, url}];
  });
  return links.filter(({url}, index) => links.findIndex(one => one.url === url) === index);
}

/** The open incidents, each with the address of the form for commands. See docs/incidents.md. */
export function commandFormsOf(updates: readonly IncidentUpdate[], runUrl: string): {id: string; url: string}[] {
  const ids = [
    ...new Set(updates.flatMap(update => (acceptsCommands(update) ? [update.reaction.incident?.id ?? ''] : []))),
  ];
  return ids.flatMap(id => {
    const url = incidentFormUrl({url: runUrl}, {id});
    return url === undefined ? [] : [{id, url: escapeUrl(url)}];
  });
}

function acceptsCommands({reaction: {incident}}: IncidentUpdate): boolean {
  return incident?.state === 'open' || incident?.state === 'clearing';
}

/** The open incidents on one line of mrkdwn. The ID of each incident is the link. */
export function commandFormLinks(updates: readonly IncidentUpdate[], runUrl: string): string[] {
  return commandFormsOf(updates, runUrl).map(({id, url}) => link(url, id));
}

/**
 * The address of another run of this repository. Undefined if the memory, which people can edit, does not contain a valid run.
 * @param run `<run id>/<attempt>`
 */
function runAddress(runUrl: string, run: string | undefined): string | undefined {
  const [, id] = /^(\d{1,20})(?:\/\d{1,6})?$/.exec(run ?? '') ?? [];
  const isRun = /\/actions\/runs\/\d+(\/.*)?$/.test(runUrl);
  return id === undefined || !isRun
    ? undefined
    : escapeUrl(runUrl.replace(/\/actions\/runs\/\d+(\/.*)?$/, `/actions/runs/${id}`));
}

/** "incident `K7Q2M9`", with the ID that people use in commands. */
export function incidentOf([first]: readonly IncidentUpdate[]): string | undefined {
  const id = first?.reaction.incident?.id;
  return id === undefined ? undefined : `incident ${code(id, 20)}`;
}

/** @param seconds since the epoch */
export function momentOf(seconds: number): string {
  return localTime(new Date(seconds * 1000).toISOString());
}
