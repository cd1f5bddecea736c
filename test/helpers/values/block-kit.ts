/**
 * Checks messages against Slack's reference, without code of `src`: every limit of the blocks that contain text, and of the message.
 *
 * - Messages: https://docs.slack.dev/reference/block-kit/blocks (50 blocks), https://docs.slack.dev/reference/methods/chat.postMessage
 *   (`text` 40,000), https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * - Blocks: …/reference/block-kit/blocks/section-block, /header-block, /context-block, /divider-block, /image-block
 * - Text objects: https://docs.slack.dev/reference/block-kit/composition-objects/text-object (1 to 3,000 characters)
 * - All blocks together: not documented. Measured at 13,200 characters, and once below 12,000:
 *   https://github.com/slackapi/bolt-js/issues/2509, https://github.com/slackapi/bolt-js/issues/2867
 */

/** Slack's error code, and a path with the mistake. */
export interface BlockKitProblem {
  readonly word: 'invalid_payload' | 'no_text' | 'invalid_blocks' | 'msg_too_long' | 'msg_blocks_too_long';
  readonly why: string;
}

type Json = Readonly<Record<string, unknown>>;

const MESSAGE_KEYS = ['text', 'blocks', 'mrkdwn', 'unfurl_links', 'unfurl_media'];
const MAX_TEXT = 40_000;
const MAX_BLOCKS = 50;
const MAX_ALL_BLOCKS = 12_000;
const MAX_BLOCK_ID = 255;

/** All mistakes in the body of a post to an incoming webhook. Our messages always have text and blocks. */
export function blockKitProblems(message: unknown): BlockKitProblem[] {
  if (!isObject(message)) return [{word: 'invalid_payload', why: 'no JSON object'}];
  const {text, blocks} = message;
  return [
    ...unknownKeys(message, MESSAGE_KEYS).map(why => ({word: 'invalid_payload', why}) as const),
    ...flags(message, ['mrkdwn', 'unfurl_links', 'unfurl_media']).map(why => ({word: 'invalid_payload', why}) as const),
    ...halfCharacters(message).map(why => ({word: 'invalid_payload', why}) as const),
    ...(typeof text === 'string' && text.trim() !== '' ? [] : [{word: 'no_text', why: 'no text'} as const]),
    ...(typeof text === 'string' && text.length > MAX_TEXT ? [{word: 'msg_too_long', why: 'text'} as const] : []),
    ...(Array.isArray(blocks) ? blocksProblems(blocks) : [{word: 'invalid_blocks', why: 'no blocks'} as const]),
  ];
}

function blocksProblems(blocks: readonly unknown[]): BlockKitProblem[] {
  const found: string[] = [];
  if (blocks.length === 0) found.push('no blocks');
  if (blocks.length > MAX_BLOCKS) found.push(`${blocks.length} blocks`);
  for (const [index, block] of blocks.entries()) {
    found.push(...(isObject(block) ? blockProblems(block) : ['no object']).map(why => `blocks[${index}]: ${why}`));
  }
  const ids = blocks.flatMap(block => (isObject(block) && block['block_id'] !== undefined ? [block['block_id']] : []));
  if (new Set(ids).size < ids.length) found.push('a block_id appears twice');
  const size = JSON.stringify(blocks).length;
  const tooLong =
    size > MAX_ALL_BLOCKS ? [{word: 'msg_blocks_too_long', why: `${size} characters in all`} as const] : [];
  return [...found.map(why => ({word: 'invalid_blocks', why}) as const), ...tooLong];
}

/** The check of each type of block. */
const BLOCKS: Readonly<Record<string, (block: Json) => string[]>> = {
  divider: block => unknownKeys(block, ['type', 'block_id']),
  header: block => [
    ...unknownKeys(block, ['type', 'block_id', 'text']),
    ...textProblems(block['text'], 150, ['plain_text']),
  ],
  section: block => [
    ...unknownKeys(block, ['type', 'block_id', 'text', 'fields', 'expand']),
    ...flags(block, ['expand']),
    ...(block['text'] === undefined && block['fields'] === undefined ? ['has neither text nor fields'] : []),
    ...(block['text'] === undefined ? [] : textProblems(block['text'], 3000)),
    ...(block['fields'] === undefined ? [] : listProblems(block['fields'], 10, field => textProblems(field, 2000))),
  ],
  context: block => [
    ...unknownKeys(block, ['type', 'block_id', 'elements']),
    ...listProblems(block['elements'], 10, element =>
      isObject(element) && element['type'] === 'image'
        ? imageProblems(element, ['type', 'image_url', 'alt_text'])
        : textProblems(element, 3000),
    ),
  ],
  image: block => [
    ...imageProblems(block, ['type', 'block_id', 'image_url', 'alt_text', 'title']),
    ...(block['title'] === undefined ? [] : textProblems(block['title'], 2000, ['plain_text'])),
  ],
};

function blockProblems(block: Json): string[] {
  const {type, block_id: id} = block;
  if (typeof type !== 'string' || !Object.hasOwn(BLOCKS, type)) return [`type ${JSON.stringify(type)}`];
  const idProblem = id === undefined || (typeof id === 'string' && id.length <= MAX_BLOCK_ID) ? [] : ['block_id'];
  return [...(BLOCKS[type]?.(block) ?? []), ...idProblem];
}

function textProblems(object: unknown, max: number, types: readonly string[] = ['plain_text', 'mrkdwn']): string[] {
  if (!isObject(object)) return ['no text object'];
  const {type, text} = object;
  const flag = type === 'plain_text' ? 'emoji' : 'verbatim';
  return [
    ...unknownKeys(object, ['type', 'text', flag]),
    ...flags(object, [flag]),
    ...(types.includes(String(type)) ? [] : [`text of type ${JSON.stringify(type)}`]),
    ...(typeof text === 'string' && text.trim() !== '' ? [] : ['empty text']),
    ...(typeof text === 'string' && text.length > max ? [`${text.length} characters, at most ${max}`] : []),
  ];
}

function imageProblems(image: Json, keys: readonly string[]): string[] {
  const {image_url: url, alt_text: alt} = image;
  return [
    ...unknownKeys(image, keys),
    ...(typeof url === 'string' && /^https?:/.test(url) && url.length <= 3000 ? [] : ['image_url']),
    ...(typeof alt === 'string' && alt.length <= 2000 ? [] : ['alt_text']),
  ];
}

function listProblems(list: unknown, max: number, problems: (item: unknown) => string[]): string[] {
  if (!Array.isArray(list) || list.length === 0) return ['no items'];
  return [...(list.length > max ? [`${list.length} items, at most ${max}`] : []), ...list.flatMap(problems)];
}

function unknownKeys(object: Json, known: readonly string[]): string[] {
  return Object.keys(object).flatMap(key => (known.includes(key) ? [] : [`unknown key ${key}`]));
}

function flags(object: Json, names: readonly string[]): string[] {
  return names.flatMap(name =>
    ['boolean', 'undefined'].includes(typeof object[name]) ? [] : [`${name} is not a boolean`],
  );
}

/** JSON can contain half a surrogate pair, UTF-8 cannot. */
function halfCharacters(value: unknown): string[] {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value) ? ['half a character'] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(halfCharacters) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
