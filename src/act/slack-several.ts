/** Act: what messages about several changes have in common: how they open, and how they end. Pure. */
import {count} from '../text.ts';
import {headOf, moodCounts} from './mood.ts';
import {type Block, contextLine, fitParts, section} from './slack-blocks.ts';
import {type Entry, type MessageContext, mentionsOf, ruleNames, runbooksOf, sentence} from './slack-entry.ts';
import {escapeUrl, link} from './slack-text.ts';

const MAX_MENTIONS = 1000;
const MAX_RUNBOOKS = 800;

/** What a lock screen shows. @param entries the worst first */
export function textOfSeveral(entries: readonly Entry[]): string {
  const counts = moodCounts(entries);
  const first = entries[0] === undefined ? '' : `; first: ${sentence(entries[0])}`;
  return `${count(entries.length, 'change')} in your catalog${counts.includes(' · ') ? `: ${counts}` : ''}${first}`;
}

/** How bad the worst is, how many, and whom to tell. @param of " of 3 entities" */
export function headlineOfSeveral(entries: readonly Entry[], context: MessageContext, of = ''): string {
  const head = headOf(entries[0]?.mood ?? 'info');
  const mentions = fitParts(mentionsOf(entries, context), ' ', MAX_MENTIONS);
  return `${head} · *${count(entries.length, 'change')}*${of} ${mentions}`.trimEnd();
}

/** @param more "3 more changes" */
export function moreChanges(more: string, {runUrl}: MessageContext): Block {
  return section([`… and ${more}: ${link(escapeUrl(runUrl), "see the run's summary")}`]);
}

export function contextOfSeveral(entries: readonly Entry[], {runUrl}: MessageContext): Block {
  const runbooks = fitParts(runbooksOf(entries), ' ', MAX_RUNBOOKS);
  return contextLine([ruleNames(entries), runbooks, link(escapeUrl(runUrl), 'This run')]);
}
