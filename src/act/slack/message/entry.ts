/** Act: the matches of one change as one part of a message. Pure. */
import {clip, oneLine, showValue} from '../../../base/text/show.ts';
import type {Change} from '../../../change/change.ts';
import type {Match} from '../../../decide/plan.ts';
import type {Rules} from '../../../rules/rules.ts';
import {hasVisibleText} from '../block-kit/text.ts';
import type {RemediationFacts} from '../incident/remediation-text.ts';
import {byNeed, hasNoIncident, type IncidentUpdate, isEnd, lacksMemory, updateOf} from '../incident/update.ts';
import {wordOf} from '../incident/update-text.ts';
import {byLevel, ICONS, type Level, levelOf, worstStatus} from './level.ts';

/** The facts besides the matches that messages need. */
export interface MessageContext extends RemediationFacts {
  readonly statuses: Rules['statuses'];
  readonly runUrl: string;
  /** Port's web interface. */
  readonly appUrl: string;
  /** The current time, in milliseconds since the epoch. The age of incidents is computed from it. */
  readonly nowMs?: number;
  /** The number of the relay's partitions, if the event contains it. */
  readonly partitions?: number | undefined;
  /** The message replaces one that people have seen, so it contains no mentions. */
  readonly isEdit?: true;
}

/** The content of one part of a message. */
export interface Entry {
  readonly change: Change;
  readonly matches: readonly Match[];
  /** The incidents of the matches, the most urgent first. */
  readonly updates: readonly IncidentUpdate[];
  readonly level: Level;
  readonly rank: number;
  /** The position among the changes of the run, which are sorted by time. */
  readonly order: number;
}

/** One entry for each change, the worst first. A change that starts one incident and ends another has two entries. */
export function entriesOf(matches: readonly Match[], {statuses}: MessageContext): Entry[] {
  const byChange = new Map<Change, Match[]>();
  for (const match of matches) byChange.set(match.change, [...(byChange.get(match.change) ?? []), match]);
  const entries = Array.from(byChange, ([change, all], order) =>
    beginningsAndEnds(all)
      .filter(own => own.length > 0)
      .map(own => ({
        change,
        matches: own,
        updates: own.flatMap(match => updateOf(match) ?? []).toSorted(byNeed),
        level: levelOf(own, statuses),
        rank: worstStatus(own, statuses),
        order,
      })),
  );
  return entries.flat().toSorted(byLevel);
}

/** A match without an incident joins the start of an incident, or else its end. */
function beginningsAndEnds(matches: readonly Match[]): Match[][] {
  const updates = new Map(matches.map(match => [match, updateOf(match)]));
  const isEnding = (match: Match) => {
    const update = updates.get(match);
    return update !== undefined && isEnd(update);
  };
  const isBeginning = (match: Match) => !isEnding(match) && !hasNoIncident(updates.get(match));
  if (!matches.some(isBeginning)) return [[...matches]];
  return [matches.filter(match => !isEnding(match)), matches.filter(isEnding)];
}

/** "🔴 *STILL OPEN*": the level as an icon, and the kind of message. Without an incident, the level as a word. */
export function headOfEntry({level, updates: [first]}: Entry): string {
  return `${ICONS[level]} *${(first && wordOf(first)?.toUpperCase()) ?? level.toUpperCase()}*`;
}

/** A line if the memory could not be read for any of the entries. */
export function missingMemoryNote(entries: readonly Pick<Entry, 'matches'>[]): string[] {
  return entries.some(({matches}) => matches.some(lacksMemory)) ? [MISSING_MEMORY] : [];
}

const MISSING_MEMORY =
  '_Not remembered: the incident memory could not be read. This message may be a repeat, and no script starts._';

export function entryTitle({title, entity}: Change): string {
  return hasVisibleText(title) ? clip(oneLine(title), 150) : showValue(entity, 150);
}
