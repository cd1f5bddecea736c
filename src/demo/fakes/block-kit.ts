/** Checks a message against the limits of Block Kit that long texts can exceed. Pure. */
import {isObject} from '../../base/json.ts';

/** Slack's error code, and the part of the message that is invalid. */
export interface BlockKitMistake {
  readonly word: 'invalid_payload' | 'no_text' | 'invalid_blocks';
  readonly why: string;
}

/** @see https://docs.slack.dev/reference/block-kit/blocks */
const MAX_BLOCKS = 50;
const MAX_ELEMENTS = 10;
const MAX_TEXT_OBJECT = 3000;
const MAX_HEADER = 150;
/** The limit of `text`. Slack truncates above 4,000 characters, and rejects above this limit. */
const MAX_TEXT = 40_000;

/** Undefined for a message that Slack would accept. */
export function refusalOf(message: unknown): BlockKitMistake | undefined {
  if (!isObject(message)) return {word: 'invalid_payload', why: 'the body is not a JSON object'};
  const {text, blocks = []} = message;
  const hasText = typeof text === 'string' && text !== '';
  if (text !== undefined && typeof text !== 'string') return {word: 'invalid_payload', why: 'text is not a string'};
  if (hasText && text.length > MAX_TEXT) return {word: 'invalid_payload', why: `text is over ${MAX_TEXT} characters`};
  if (!Array.isArray(blocks)) return blocksRefused('blocks is not a list');
  if (blocks.length === 0) return hasText ? undefined : {word: 'no_text', why: 'neither text nor blocks'};
  if (blocks.length > MAX_BLOCKS) return blocksRefused(`${blocks.length} blocks, at most ${MAX_BLOCKS} are allowed`);
  const mistakes = blocks.flatMap((block, index) => mistakesIn(block).map(mistake => `blocks[${index}]: ${mistake}`));
  return mistakes[0] === undefined ? undefined : blocksRefused(mistakes[0]);
}

function blocksRefused(why: string): BlockKitMistake {
  return {word: 'invalid_blocks', why};
}

function mistakesIn(block: unknown): string[] {
  if (!isObject(block)) return ['is not an object'];
  switch (block['type']) {
    case 'divider':
      return [];
    case 'header':
      return textMistakes(block['text'], MAX_HEADER);
    case 'section':
      return textMistakes(block['text'], MAX_TEXT_OBJECT);
    case 'context': {
      const {elements} = block;
      if (!Array.isArray(elements) || elements.length === 0) return ['has no elements'];
      if (elements.length > MAX_ELEMENTS) return [`has more than ${MAX_ELEMENTS} elements`];
      return elements.flatMap(element => textMistakes(element, MAX_TEXT_OBJECT));
    }
    default:
      return [`unknown type ${JSON.stringify(block['type'])}`];
  }
}

function textMistakes(object: unknown, max: number): string[] {
  if (!isObject(object)) return ['has no text object'];
  const {type, text} = object;
  if (type !== 'mrkdwn' && type !== 'plain_text') return ['its text is neither mrkdwn nor plain_text'];
  if (typeof text !== 'string' || text === '') return ['its text is empty'];
  return text.length > max ? [`its text has ${text.length} characters, at most ${max} are allowed`] : [];
}
