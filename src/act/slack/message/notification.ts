/** Act: a planned notification → one Slack message, written so that a reader can act on it from a phone at 3 a.m. Pure. */

import {count} from '../../../base/text/show.ts';
import type {Notification} from '../../../decide/plan.ts';
import {contextLine, fitBlocks, fitParts, message, SEPARATOR, type SlackMessage, section} from '../block-kit/blocks.ts';
import {code, escapeText, link} from '../block-kit/text.ts';
import {asidesOf, incidentOf} from '../incident/update-lines.ts';
import {renderDigest} from './digest.ts';
import {entityUrl} from './entity-links.ts';
import {type Entry, entriesOf, entryTitle, headOfEntry, type MessageContext, missingMemoryNote} from './entry.ts';
import {whatHappened} from './entry-changes.ts';
import {factLine, factLines} from './entry-facts.ts';
import {linksOf, mentionsOf, ruleNames} from './entry-references.ts';
import {levelCounts} from './level.ts';
import {sentence} from './sentence.ts';
import {contextOfSeveral, headlineOfSeveral, kindCounts, moreChanges, nounOf, textOfSeveral} from './several.ts';

export type {MessageContext} from './entry.ts';

/** The maximum number of changes that are shown individually. More become a digest. */
const MAX_ENTRIES = 8;

/**
 * One change: a full message. A few changes: one message with a section for each. Many changes: a digest. The worst is always
 * first.
 */
export function renderNotification({matches}: Notification, context: MessageContext): SlackMessage {
  const entries = entriesOf(matches, context);
  const [first] = entries;
  if (first === undefined) throw new Error('a notification has at least one match');
  if (entries.length === 1) return renderOne(first, context);
  return entries.length > MAX_ENTRIES ? renderDigest(entries, context) : renderFew(entries, context);
}

/** The maximum length of each block. Even hostile text that fills all of them results in a message that Slack accepts. */
const ROOM = {what: 2400, mentions: 600, facts: 1200, links: 2000, context: 400} as const;

function renderOne(entry: Entry, context: MessageContext): SlackMessage {
  const {change} = entry;
  const mentions = fitParts(mentionsOf([entry], context), ' ', ROOM.mentions);
  const headline = `${headOfEntry(entry)} · *${escapeText(entryTitle(change))}* ${mentions}`.trimEnd();
  return message(sentence(entry, context.nowMs), [
    section([headline, ...whatHappened(entry, context)], ROOM.what),
    section(factLines(entry, context), ROOM.facts),
    section([fitParts(linksOf(entry, context), SEPARATOR, ROOM.links)]),
    contextLine([ruleNames([entry]), idOf(entry)], ROOM.context),
  ]);
}

/** The ID that people can use in questions about the change. A change that is built from the memory does not have one. */
function idOf({change, updates}: Entry): string {
  const isByClock = updates.some(({reaction}) => reaction.byClock);
  const id = isByClock ? '' : `change ${code(change.id, 60)}`;
  return [id, incidentOf(updates) ?? ''].filter(part => part !== '').join(SEPARATOR);
}

function renderFew(entries: readonly Entry[], context: MessageContext): SlackMessage {
  const isMixed = entries.some(({level}) => level !== entries[0]?.level);
  const headline = section([
    headlineOfSeveral(entries, context),
    isMixed ? levelCounts(entries) : '',
    ...kindCounts(entries),
    ...missingMemoryNote(entries),
  ]);
  const foot = contextOfSeveral(entries, context);
  const blocks = fitBlocks(entries, MAX_ENTRIES, (shown, hidden) => [
    headline,
    ...shown.map(entry => section(compact(entry, context), ROOM.what)),
    ...(hidden > 0 ? [moreChanges(count(hidden, `more ${nounOf(entries)}`), context)] : []),
    foot,
  ]);
  return message(textOfSeveral(entries, context), blocks);
}

function compact(entry: Entry, context: MessageContext): string[] {
  const {change} = entry;
  const url = entityUrl(context.appUrl, change);
  const title = url === undefined ? escapeText(entryTitle(change)) : link(url, entryTitle(change));
  return [
    `${headOfEntry(entry)} · *${title}*`,
    ...whatHappened(entry, context),
    factLine(entry, context),
    ...asidesOf(entry.updates),
  ];
}
