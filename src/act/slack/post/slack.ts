/** Act: sends to Slack, through a webhook or as a bot in a channel, within the rate limits of the run. */
import type {Fetch, Now, Sleep} from '../../../base/deps.ts';
import type {SlackMessage} from '../block-kit/blocks.ts';
import {createRateLimiter} from './rate-limit.ts';
import {Refusal} from './refusal.ts';
import {createWebApi, type Posted, type Thread} from './web-api.ts';
import {createWebhookPost} from './webhook.ts';

/** A destination: the URL of an incoming webhook, or a channel ID. */
export type Destination = {readonly webhook: string} | {readonly channel: string};

/** A Slack app that posts to channels. */
export interface Bot {
  readonly token: string;
  /** The base URL of Slack's Web API, without a slash at the end. */
  readonly apiUrl: string;
}

/** Rejects with a {@link Refusal} if Slack refused the message, and with a `NetworkError` if it did not respond. */
export interface Slack {
  /** @returns the reference of the message in a channel. Undefined for a webhook, which does not return one */
  send(destination: Destination, message: SlackMessage, thread?: Thread): Promise<Posted | undefined>;
  /** Replaces a message. */
  edit(posted: Pick<Posted, 'channel' | 'ts'>, message: SlackMessage): Promise<void>;
}

interface SlackDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
  readonly now: Now;
  /** Required for channels. */
  readonly bot?: Bot | undefined;
}

export function createSlack({fetch, sleep, now, bot}: SlackDeps): Slack {
  const rateLimiter = createRateLimiter({sleep, now});
  const post = createWebhookPost({fetch, sleep, now, rateLimiter});
  const api = bot && createWebApi({...bot, fetch});
  const apiOrFail = () => {
    if (api === undefined) throw new Error('a channel needs a bot');
    return api;
  };
  return {
    async send(destination, message, thread) {
      if ('webhook' in destination) {
        await post(destination.webhook, message);
        return undefined;
      }
      const {channel} = destination;
      return rateLimiter.schedule(channel, () => apiOrFail().postMessage(channel, message, thread));
    },
    edit: (posted, message) => rateLimiter.schedule(posted.channel, () => apiOrFail().update(posted, message)),
  };
}

const DELETED_CODES: ReadonlySet<string> = new Set(['message_not_found', 'thread_not_found']);

/** Whether the message was deleted. */
export function isDeleted(error: unknown): boolean {
  return error instanceof Refusal && DELETED_CODES.has(error.word ?? '');
}
