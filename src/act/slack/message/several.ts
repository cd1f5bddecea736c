/** Act: the common parts of messages about several changes: their start and their end. Pure. */
import {count} from '../../../base/text/show.ts';
import {type Block, contextLine, fitParts, section} from '../block-kit/blocks.ts';
import {escapeUrl, link} from '../block-kit/text.ts';
import {wordOf} from '../incident/update-text.ts';
import {type Entry, headOfEntry, type MessageContext} from './entry.ts';
import {mentionsOf, ruleNames, runbooksOf} from './entry-references.ts';
import {headOf, levelCounts} from './level.ts';
import {sentence} from './sentence.ts';

const MAX_MENTIONS = 1000;
const MAX_RUNBOOKS = 800;

/**
 * The text for a lock screen.
 * @param entries the worst first
 */
export function textOfSeveral(entries: readonly Entry[], {nowMs}: MessageContext): string {
  const counts = levelCounts(entries);
  const first = entries[0] === undefined ? '' : `; first: ${sentence(entries[0], nowMs)}`;
  return `${count(entries.length, nounOf(entries))} in your catalog${counts.includes(' · ') ? `: ${counts}` : ''}${first}`;
}

/**
 * The worst severity, the count, and whom to mention.
 * @param of " of 3 entities"
 */
export function headlineOfSeveral(entries: readonly Entry[], context: MessageContext, of = ''): string {
  const [first] = entries;
  const isOneKind = first !== undefined && entries.every(entry => kindOf(entry) === kindOf(first));
  const head = isOneKind ? headOfEntry(first) : headOf(first?.level ?? 'info');
  const mentions = fitParts(mentionsOf(entries, context), ' ', MAX_MENTIONS);
  return `${head} · *${count(entries.length, nounOf(entries))}*${of} ${mentions}`.trimEnd();
}

/** Messages such as reminders come from the clock, not from changes. */
export function nounOf(entries: readonly Entry[]): string {
  return entries.some(({updates}) => updates.some(({reaction}) => reaction.byClock)) ? 'event' : 'change';
}

/**
 * "2 new · 1 still open · 3 recovered": the kinds of messages. Each entry is counted once. Empty if the levels already show it.
 */
export function kindCounts(entries: readonly Entry[]): string[] {
  const kinds = entries.map(kindOf);
  const hasOtherKinds = kinds.some(kind => kind !== 'new' && kind !== 'recovered');
  const counts = [...new Set(kinds)].map(kind => `${kinds.filter(one => one === kind).length} ${kind}`);
  return hasOtherKinds && counts.length > 1 ? [counts.join(' · ')] : [];
}

function kindOf({updates: [first]}: Entry): string {
  return (first && wordOf(first)) ?? 'new';
}

/** @param more "3 more changes" */
export function moreChanges(more: string, {runUrl}: MessageContext): Block {
  return section([`… and ${more}: ${link(escapeUrl(runUrl), "see the run's summary")}`]);
}

export function contextOfSeveral(entries: readonly Entry[], {runUrl}: MessageContext): Block {
  const runbooks = fitParts(runbooksOf(entries), ' ', MAX_RUNBOOKS);
  return contextLine([ruleNames(entries), runbooks, link(escapeUrl(runUrl), 'This run')]);
}
