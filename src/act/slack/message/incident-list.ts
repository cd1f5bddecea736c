/** Act: the first message of several incidents, edited after some have ended: a line for each incident. Pure. */

import {clip, count, showSpan} from '../../../base/text/show.ts';
import {relativeRank} from '../../../decide/direction.ts';
import {syntheticChange} from '../../../memory/fold/synthetic-change.ts';
import {secondsOpen} from '../../../memory/fold/turns.ts';
import type {Incident} from '../../../memory/format/format.ts';
import {incidentFormUrl} from '../../../memory/incident-form.ts';
import type {Rule} from '../../../rules/rules.ts';
import {contextLine, fitBlocks, message, type SlackMessage, section} from '../block-kit/blocks.ts';
import {escapeText, escapeUrl, link} from '../block-kit/text.ts';
import {recoveredAfter} from '../incident/recovery-text.ts';
import {momentOf, valueLine} from '../incident/update-lines.ts';
import {entityUrl} from './entity-links.ts';
import {entryTitle, type MessageContext} from './entry.ts';
import {byLevel, ICONS, type Level} from './level.ts';
import {moreChanges} from './several.ts';

interface Shared {
  readonly members: readonly {readonly incident: Incident; readonly rule: Rule}[];
  /** The number of changes without an incident in the first version of the message. */
  readonly others: number;
}

const MAX_LINES = 20;
const LINES_PER_SECTION = 5;

interface Line {
  readonly isOpen: boolean;
  readonly level: Level;
  readonly rank: number;
  readonly text: string;
}

/** The message is red while an incident is open or flapping. */
export function renderIncidentList({members, others}: Shared, context: MessageContext): SlackMessage {
  const lines = members.map(member => lineOf(member, context)).toSorted(byLevel);
  const open = lines.filter(({isOpen}) => isOpen).length;
  const head = headOf(lines, open);
  const rest = others === 0 ? [] : [`… and ${count(others, 'change')} in the first version of this message`];
  const foot = contextLine([link(escapeUrl(context.runUrl), 'This run')]);
  const blocks = fitBlocks(lines, MAX_LINES, (shown, hidden) => [
    section([head]),
    ...Array.from({length: Math.ceil(shown.length / LINES_PER_SECTION)}, (_, index) =>
      section(shown.slice(index * LINES_PER_SECTION, (index + 1) * LINES_PER_SECTION).map(({text}) => text)),
    ),
    ...(hidden > 0 ? [moreChanges(moreOf(lines.slice(shown.length)), context)] : []),
    ...(rest.length > 0 ? [section(rest)] : []),
    foot,
  ]);
  return message(head.replaceAll('*', ''), blocks);
}

/** "🔴 *3 OF 12 STILL OPEN*" */
function headOf(lines: readonly Line[], open: number): string {
  if (open === 0) return `${ICONS.recovered} *RECOVERED* · *${count(lines.length, 'incident')}*`;
  return `${ICONS[lines[0]?.level ?? 'info']} *${open} OF ${lines.length} STILL OPEN*`;
}

function moreOf(hidden: readonly Line[]): string {
  const open = hidden.filter(({isOpen}) => isOpen).length;
  return `${count(hidden.length, 'more incident')}, ${open} of them still open`;
}

function lineOf({incident, rule}: Shared['members'][number], {statuses, appUrl, runUrl}: MessageContext): Line {
  const change = syntheticChange(incident, rule);
  const url = entityUrl(appUrl, change);
  const title = clip(entryTitle(change), 60);
  const named = `*${url === undefined || url.length > 300 ? escapeText(title) : link(url, title)}*`;
  const {property} = rule;
  const known = property !== undefined && incident.value !== undefined;
  const value = known ? ` · ${valueLine({property, value: incident.value}, statuses, 40)}` : '';
  const isFlapping = incident.flapping !== undefined;
  if (incident.closed !== undefined && incident.state === 'closed' && !isFlapping) {
    const lasted = secondsOpen(incident);
    const words = incident.value === null ? `ended after ${showSpan(lasted)}` : `${recoveredAfter(lasted)}${value}`;
    const text = `${ICONS.recovered} ${named} ${words}`;
    return {isOpen: false, level: 'recovered', rank: 0, text};
  }
  const level = rule.severity === 'info' ? 'worsened' : rule.severity;
  const rank = (property === undefined ? undefined : relativeRank(statuses, property, incident.value)) ?? 0;
  const word = isFlapping ? 'flapping' : 'open';
  const form = incident.state === 'closed' ? undefined : incidentFormUrl({url: runUrl}, incident);
  const answer = form === undefined ? '' : ` · ${link(escapeUrl(form), incident.id)}`;
  return {
    isOpen: true,
    level,
    rank,
    text: `${ICONS[level]} ${named} ${word} since ${momentOf(incident.since)}${value}${answer}`,
  };
}
