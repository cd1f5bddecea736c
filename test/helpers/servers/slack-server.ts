/**
 * A strict fake of Slack's incoming webhooks on a free port.
 *
 * - It refuses what Slack refuses, with Slack's error codes: no JSON or unknown keys (400 `invalid_payload`), no text (400
 *   `no_text`), blocks beyond Block Kit's limits (400 `invalid_blocks`), unknown webhooks (404 `no_service`).
 * - `slack.replyNext({status: 429, headers: {'retry-after': '7'}}, 'reset')` sets the next responses, in turn.
 * - `slack.messages` lists the accepted messages, each with its webhook.
 *
 * @see https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
import {blockKitProblems} from '../values/block-kit.ts';
import {type RecordedRequest, type Reply, startServer, type TestServer} from './http-server.ts';

/** `hang` never answers. */
export type SlackReply = Reply | 'hang' | 'reset';

interface Posted {
  readonly webhook: string;
  readonly text: string;
  /** The texts of the blocks, one per line. */
  readonly body: string;
  readonly blocks: readonly PostedBlock[];
}

interface PostedBlock {
  readonly type: string;
  readonly text?: {readonly text: string};
  readonly elements?: readonly {readonly text: string}[];
}

export interface SlackServer extends TestServer {
  readonly messages: readonly Posted[];
  /** The URL of a webhook. Its path is the secret. */
  webhook(name?: string): string;
  replyNext(...replies: SlackReply[]): void;
}

export async function startSlackServer(): Promise<SlackServer> {
  const webhooks = new Map<string, string>();
  const scripted: SlackReply[] = [];
  const messages: Posted[] = [];
  const server = await startServer(request => {
    const reply = scripted.shift() ?? answer(request, webhooks, messages);
    return reply === 'hang' ? new Promise<never>(() => {}) : reply;
  });
  return {
    ...server,
    messages,
    webhook(name = 'default') {
      const path = `/services/T0123456789/B0123456789/${name.padEnd(24, '0')}`;
      webhooks.set(path, name);
      return server.url + path;
    },
    replyNext: (...replies) => void scripted.push(...replies),
  };
}

function answer(request: RecordedRequest, webhooks: ReadonlyMap<string, string>, messages: Posted[]): Reply {
  const webhook = webhooks.get(request.path);
  if (webhook === undefined || request.method !== 'POST') return refusal(404, 'no_service');
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return refusal(400, 'invalid_payload');
  const mistake = slackRefusal(request.json);
  if (mistake !== undefined) return refusal(400, mistake);
  const {text, blocks} = request.json as Pick<Posted, 'text' | 'blocks'>;
  messages.push({webhook, text, blocks, body: textsOf(blocks).join('\n\n')});
  return {status: 200, headers: {'content-type': 'text/html'}, body: 'ok'};
}

function refusal(status: number, body: string): Reply {
  return {status, headers: {'content-type': 'text/html'}, body};
}

/** The error code with which Slack refuses the message, or undefined if it accepts it. */
export function slackRefusal(message: unknown): string | undefined {
  return blockKitProblems(message)[0]?.word;
}

function textsOf(blocks: readonly PostedBlock[]): string[] {
  return blocks.flatMap(({text, elements = []}) => [...(text ? [text] : []), ...elements].map(({text}) => text));
}

/** What Slack finds in mrkdwn: mentions that notify people, links, dates and invalid sequences. */
export interface Mrkdwn {
  readonly mentions: readonly string[];
  /** The URLs, unescaped. */
  readonly links: readonly string[];
  readonly broken: readonly string[];
}

const SEQUENCE = /<([^<>]*)>/g;
const MENTION = /^(!(here|channel|everyone)|!subteam\^S[A-Z0-9]+(\|[^|]*)?|@[UW][A-Z0-9]+)$/;
const LINK = /^(https?:\/\/[^|\s]+)\|([^|\n]*\S[^|\n]*)$/;
const MOMENT = /^!date\^\d+\^[^|^]+\|[^|]+$/;

/** Parses a text as Slack does. @see https://docs.slack.dev/messaging/formatting-message-text */
export function readMrkdwn(text: string): Mrkdwn {
  const sequences = Array.from(text.matchAll(SEQUENCE), ([, inner = '']) => inner);
  const links = sequences.flatMap(inner => LINK.exec(inner)?.[1] ?? []).map(url => url.replaceAll('&amp;', '&'));
  const rest = text.replace(SEQUENCE, '');
  const outsideBlocks = rest.replace(/```\n[^`]*\n```/g, '');
  return {
    mentions: sequences.filter(inner => MENTION.test(inner)).map(inner => `<${inner}>`),
    links,
    broken: [
      ...sequences.filter(inner => ![MENTION, LINK, MOMENT].some(form => form.test(inner))),
      ...links.filter(url => !URL.canParse(url)),
      ...(rest.match(/[<>]|&(?!amp;|lt;|gt;).{0,9}/gs) ?? []),
      ...((outsideBlocks.match(/`/g) ?? []).length % 2 === 1 || outsideBlocks.includes('```') ? ['an open `'] : []),
      ...(text.match(UNSEEN) ?? []),
    ],
  };
}

const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
