/** Report: the state of the incidents before and after a change, as lines of the job summary. Pure. */

import type {Html} from '../base/text/html.ts';
import {clip, count} from '../base/text/show.ts';
import type {Change} from '../change/change.ts';
import type {Incident} from '../memory/format/format.ts';
import type {Finished} from '../memory/run/input.ts';
import type {Recorded} from '../memory/run/recorded.ts';
import {summaryHtml} from './summary-html.ts';

/** The recorded reactions, by change. */
export function recordedByChange(finished: Finished | undefined): Map<Change, Recorded[]> {
  const groups = new Map<Change, Recorded[]>();
  for (const one of finished?.recorded ?? []) {
    const group = groups.get(one.reaction.change);
    if (group === undefined) groups.set(one.reaction.change, [one]);
    else group.push(one);
  }
  return groups;
}

/** One line for each incident that the change or the clock affected. */
export function incidentLines(recorded: readonly Recorded[]): Html[] {
  const byRule = new Map<string, {before: Incident | undefined; after: Incident | undefined}>();
  for (const {reaction, before, after} of recorded) {
    const known = byRule.get(reaction.rule.name);
    byRule.set(reaction.rule.name, {before: known === undefined ? before : known.before, after: after ?? known?.after});
  }
  return [...byRule].flatMap(([rule, {before, after}]) => lineOf(rule, before, after));
}

function lineOf(rule: string, before: Incident | undefined, after: Incident | undefined): Html[] {
  const incident = after ?? before;
  if (incident === undefined) return [];
  const [from, to] = [before?.state ?? 'none', after?.state ?? 'none'];
  const states = from === to ? to : `${from} → ${to}`;
  const facts = [
    `since ${time(incident.since)}`,
    incident.attempts === 0 ? '' : count(incident.attempts, 'script run'),
    incident.closed === undefined ? '' : `closed ${time(incident.closed)}`,
    incident.flapping === undefined ? '' : `flapping: ${count(incident.flapping.n, 'turn')}`,
    incident.ack === undefined ? '' : `acknowledged by ${clip(incident.ack.by, 100)}`,
    incident.due === undefined ? '' : `next timer ${time(incident.due)}`,
  ].filter(fact => fact !== '');
  return [
    summaryHtml`
<p>🗂️ Incident <code>${incident.id}</code> of <code>${rule}</code>: ${states}; ${facts.join('; ')}.</p>`,
  ];
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
