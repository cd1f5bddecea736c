/** Act: the few parts of Block Kit that our messages are made of, each within Slack's limits by construction. */
import {clip, oneLine} from '../text.ts';
import {escapeText} from './slack-text.ts';

/** What we use of Block Kit: text only. Buttons would need an endpoint that answers their clicks. */
export type Block =
  | {readonly type: 'section'; readonly text: MrkdwnText}
  | {readonly type: 'context'; readonly elements: readonly MrkdwnText[]};

interface MrkdwnText {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** true: Slack adds no links and mentions of its own. */
  readonly verbatim: true;
}

/** A message for an incoming webhook. `text` is what a lock screen shows, and what screen readers read. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

/** Slack refuses a text object above 3,000 characters. @see https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const MAX_TEXT_OBJECT = 3000;

/** Slack cuts `text` above 4,000 characters; a lock screen shows far less. */
const MAX_TEXT = 500;

/** `text` is plain; the blocks' texts are mrkdwn, escaped where they hold catalog text. */
export function message(text: string, blocks: readonly Block[]): SlackMessage {
  return {text: escapeText(clip(oneLine(text), MAX_TEXT)), blocks, unfurl_links: false, unfurl_media: false};
}

/** A section of as many of the lines as fit: within a line some mark of Slack's may be open, so none is cut. */
export function section(lines: readonly string[]): Block {
  return {type: 'section', text: mrkdwn(fitParts(lines, '\n', MAX_TEXT_OBJECT))};
}

/** Small grey text, of parts. */
export function contextLine(parts: readonly string[]): Block {
  return {type: 'context', elements: [mrkdwn(fitParts(parts, SEPARATOR, MAX_TEXT_OBJECT))]};
}

export const SEPARATOR = '  ·  ';

/** The parts that fit into `max` characters, each whole; "…" at the end stands for those that do not. */
export function fitParts(parts: readonly string[], separator: string, max: number): string {
  let room = max - separator.length - 1;
  const kept = parts.filter(part => {
    const fits = part.length <= room;
    if (fits) room -= part.length + separator.length;
    return fits;
  });
  return [...kept, ...(kept.length < parts.length ? ['…'] : [])].join(separator);
}

function mrkdwn(text: string): MrkdwnText {
  return {type: 'mrkdwn', text, verbatim: true};
}

/** The message's texts, one under the other: for a log or a page that is not Slack. */
export function messageText({blocks}: SlackMessage): string {
  const texts = blocks.flatMap(block => (block.type === 'section' ? [block.text] : block.elements));
  return texts.map(({text}) => text).join('\n\n');
}
