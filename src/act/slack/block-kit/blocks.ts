/** Act: the parts of Block Kit that messages use, within Slack's limits by construction. */
import {clip, oneLine} from '../../../base/text/show.ts';
import {escapeText} from './text.ts';

/** Text only. Buttons would need an endpoint that handles clicks. */
export type Block =
  | {readonly type: 'section'; readonly text: MrkdwnText}
  | {readonly type: 'context'; readonly elements: readonly MrkdwnText[]};

interface MrkdwnText {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** `true`: Slack does not turn parts of the text into links or mentions. */
  readonly verbatim: true;
}

/** A message for an incoming webhook. Lock screens and screen readers use `text`. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

/**
 * Slack refuses a text object above 3,000 characters.
 * @see https://docs.slack.dev/reference/block-kit/composition-objects/text-object
 */
const MAX_TEXT_OBJECT = 3000;

/** @see https://docs.slack.dev/reference/block-kit/blocks */
const MAX_BLOCKS = 50;

/**
 * Slack refuses blocks whose total length is too large (`msg_blocks_too_long`). The limit is undocumented. Reports measured
 * 13,200 and less than 11,400 characters of text, without the JSON around it. This limit applies to the whole JSON, so it is on
 * the safe side.
 * @see https://github.com/slackapi/bolt-js/issues/2509 and https://github.com/slackapi/bolt-js/issues/2867
 */
const MAX_ALL_BLOCKS = 11_000;

/** Slack truncates `text` above 4,000 characters. A lock screen shows far less. */
const MAX_TEXT = 500;

/**
 * @param text plain text
 * @param blocks with texts in mrkdwn, in which catalog text is escaped
 */
export function message(text: string, blocks: readonly Block[]): SlackMessage {
  return {text: escapeText(clip(oneLine(text), MAX_TEXT)), blocks, unfurl_links: false, unfurl_media: false};
}

/** A section with the lines that fit. A line is never truncated, because its formatting could stay open. */
export function section(lines: readonly string[], max = MAX_TEXT_OBJECT): Block {
  return {type: 'section', text: mrkdwn(fitParts(lines, '\n', max))};
}

/** Small gray text with several parts. */
export function contextLine(parts: readonly string[], max = MAX_TEXT_OBJECT): Block {
  return {type: 'context', elements: [mrkdwn(fitParts(parts, SEPARATOR, max))]};
}

export const SEPARATOR = '  ·  ';

/**
 * The parts that fit into `max` characters, and the number of omitted ones. A part is never truncated. Empty parts are skipped.
 */
export function fitParts(parts: readonly string[], separator: string, max: number): string {
  const all = parts.filter(part => part !== '');
  let room = max - separator.length - moreOf(all.length).length;
  const kept = all.filter(part => {
    const fits = part.length <= room;
    if (fits) room -= part.length + separator.length;
    return fits;
  });
  return [...kept, ...(kept.length < all.length ? [moreOf(all.length - kept.length)] : [])].join(separator);
}

function moreOf(n: number): string {
  return `… and ${n} more`;
}

/**
 * The blocks of a list, within Slack's limits: at most `most` items from the start.
 * @param draw the blocks for the items that are shown, and the number of omitted items
 */
export function fitBlocks<T>(
  items: readonly T[],
  most: number,
  draw: (shown: readonly T[], hidden: number) => readonly Block[],
): readonly Block[] {
  for (let n = Math.min(items.length, most); ; n--) {
    const blocks = draw(items.slice(0, n), items.length - n);
    if (n === 0 || (blocks.length <= MAX_BLOCKS && JSON.stringify(blocks).length <= MAX_ALL_BLOCKS)) return blocks;
  }
}

function mrkdwn(text: string): MrkdwnText {
  return {type: 'mrkdwn', text, verbatim: true};
}

/** The texts of the message, one per line, for a log or a page outside Slack. */
export function messageText({blocks}: SlackMessage): string {
  const texts = blocks.flatMap(block => (block.type === 'section' ? [block.text] : block.elements));
  return texts.map(({text}) => text).join('\n\n');
}
