/** Act: the matches of one change as one part of a message. Pure. */
import {clip, oneLine, showValue} from '../../../base/text/show.ts';
import type {Change} from '../../../change/change.ts';
import type {Match} from '../../../decide/plan.ts';
import type {Rules} from '../../../rules/rules.ts';
import {hasVisibleText} from '../block-kit/text.ts';
import type {RemediationFacts} from '../incident/remediation-words.ts';
import {byNeed, hasNoIncident, isEnd, lacksMemory, type Story, storyOf} from '../incident/story.ts';
import {wordOf} from '../incident/story-words.ts';
import {byMood, ICONS, type Mood, moodOf, worstStatus} from './mood.ts';

/** What messages need besides the matches. */
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
  readonly stories: readonly Story[];
  readonly mood: Mood;
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
        stories: own.flatMap(match => storyOf(match) ?? []).toSorted(byNeed),
        mood: moodOf(own, statuses),
        rank: worstStatus(own, statuses),
        order,
      })),
  );
  return entries.flat().toSorted(byMood);
}

/** A match without an incident joins the start of an incident, or else its end. */
function beginningsAndEnds(matches: readonly Match[]): Match[][] {
  const stories = new Map(matches.map(match => [match, storyOf(match)]));
  const isEnding = (match: Match) => {
    const story = stories.get(match);
    return story !== undefined && isEnd(story);
  };
  const isBeginning = (match: Match) => !isEnding(match) && !hasNoIncident(stories.get(match));
  if (!matches.some(isBeginning)) return [[...matches]];
  return [matches.filter(match => !isEnding(match)), matches.filter(isEnding)];
}

/** "🔴 *STILL OPEN*": the mood as an icon, and the kind of message. Without an incident, the mood as a word. */
export function headOfEntry({mood, stories: [first]}: Entry): string {
  return `${ICONS[mood]} *${(first && wordOf(first)?.toUpperCase()) ?? mood.toUpperCase()}*`;
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
