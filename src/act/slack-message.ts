/** Act: a planned notification → the Slack message, made to be acted on from a phone at 3 a.m. Pure. */
import type {Notification} from '../decide/plan.ts';
import {count} from '../text.ts';
import {entityUrl} from './entity-links.ts';
import {contextLine, fitParts, message, SEPARATOR, type SlackMessage, section} from './slack-blocks.ts';
import {
  type Entry,
  entriesOf,
  factLine,
  factsOf,
  headOf,
  linksOf,
  type MessageContext,
  mentionsOf,
  ruleNames,
  sentence,
  titleOf,
  whatHappened,
} from './slack-entry.ts';
import {code, escapeText, escapeUrl, link} from './slack-text.ts';

export type {MessageContext} from './slack-entry.ts';

/** Slack allows 50 blocks; on a phone, far fewer are read. @see https://docs.slack.dev/reference/block-kit/blocks */
const MAX_ENTRIES = 15;
const MAX_MENTIONS = 1000;
const MAX_LINKS = 2900;

/** One change: a full message. Several: one message with a compact part for each, the worst first, never a salvo. */
export function renderNotification({matches}: Notification, context: MessageContext): SlackMessage {
  const entries = entriesOf(matches, context);
  const [first] = entries;
  if (first === undefined) throw new Error('a notification has at least one match');
  return entries.length === 1 ? renderOne(first, context) : renderSeveral(entries, first, context);
}

function renderOne(entry: Entry, context: MessageContext): SlackMessage {
  const {change} = entry;
  const headline = `${headOf(entry)} · *${escapeText(titleOf(change))}*`;
  return message(sentence(entry), [
    section([withMentions(headline, [entry]), ...whatHappened(entry, context)]),
    section(factsOf(entry)),
    section([fitParts(linksOf(entry, context), SEPARATOR, MAX_LINKS)]),
    contextLine([ruleNames([entry]), `change ${code(change.id, 60)}`]),
  ]);
}

function renderSeveral(entries: readonly Entry[], worst: Entry, context: MessageContext): SlackMessage {
  const shown = entries.slice(0, MAX_ENTRIES);
  const hidden = entries.length - shown.length;
  const total = count(entries.length, 'change');
  const runUrl = escapeUrl(context.runUrl);
  return message(`${total} in your catalog; first: ${sentence(worst)}`, [
    section([withMentions(`${headOf(worst)} · *${total}*`, entries)]),
    ...shown.map(entry => section(compact(entry, context))),
    ...(hidden > 0 ? [section([`… and ${count(hidden, 'more change')}: ${link(runUrl, 'see the run')}`])] : []),
    contextLine([ruleNames(entries), link(runUrl, 'This run')]),
  ]);
}

function compact(entry: Entry, context: MessageContext): string[] {
  const {change} = entry;
  const url = entityUrl(context.appUrl, change);
  const title = url === undefined ? escapeText(titleOf(change)) : link(url, titleOf(change));
  return [`${headOf(entry)} · *${title}*`, ...whatHappened(entry, context), factLine(entry)];
}

function withMentions(headline: string, entries: readonly Entry[]): string {
  return [headline, fitParts(mentionsOf(entries), ' ', MAX_MENTIONS)].join(' ').trimEnd();
}
