/** Act: posts messages to Slack's incoming webhooks; obeys its rate limit, and explains its refusals. */
import {IncomingWebhook, type IncomingWebhookHTTPError} from '@slack/webhook';
import type {Fetch, FetchResponse, Sleep} from '../deps.ts';
import {messageOf, NetworkError, RequestError} from '../errors.ts';
import {parseRetryAfter} from '../http.ts';
import type {SlackMessage} from './slack-blocks.ts';

/** Posts one message. Rejects with {@link RequestError} where Slack refused, {@link NetworkError} where it did not answer. */
export type Post = (url: string, message: SlackMessage) => Promise<void>;

/** How long all waiting for Slack's rate limit may take, per run: then a person should see red rather than nothing. */
const WAIT_BUDGET_MS = 60_000;
/** Slack allows one message a second for each webhook; what a 429 without `Retry-After` is taken for. */
const DEFAULT_WAIT_MS = 1_000;
/** Pauses before a failed post is tried again. A message that comes twice is better than one that never came. */
const RETRY_PAUSES_MS = [300, 1_000] as const;
const TIMEOUT_MS = 10_000;

/** A poster whose rate-limit waits count against one budget. */
export function createPost({fetch, sleep}: {fetch: Fetch; sleep: Sleep}): Post {
  let waitLeftMs = WAIT_BUDGET_MS;
  return async (url, message) => {
    const pauses: number[] = [...RETRY_PAUSES_MS];
    for (;;) {
      const failure = await postOnce(fetch, url, message);
      if (failure === undefined) return;
      const waitMs = waitBefore(failure, pauses, waitLeftMs);
      if (waitMs === undefined) throw failure;
      if (failure instanceof RequestError && failure.status === 429) waitLeftMs -= waitMs;
      await sleep(waitMs);
    }
  };
}

/** Milliseconds until the next attempt; undefined where there is to be none. */
function waitBefore(failure: Failure, pauses: number[], waitLeftMs: number): number | undefined {
  if (failure instanceof RequestError && failure.status === 429) {
    const waitMs = failure.retryAfterMs ?? DEFAULT_WAIT_MS;
    return waitMs <= waitLeftMs ? waitMs : undefined;
  }
  const isPassing = failure instanceof NetworkError || failure.status >= 500;
  return isPassing ? pauses.shift() : undefined;
}

type Failure = RequestError | NetworkError;

async function postOnce(fetch: Fetch, url: string, message: SlackMessage): Promise<Failure | undefined> {
  let answer: FetchResponse | undefined;
  const keepAnswer: Fetch = async (...request) => {
    answer = await fetch(...request);
    return answer;
  };
  try {
    // The package wants the platform's whole `fetch` type, and uses what ours has.
    const webhook = new IncomingWebhook(url, {fetch: keepAnswer as typeof globalThis.fetch, timeout: TIMEOUT_MS});
    await webhook.send({...message, blocks: [...message.blocks] as never});
    return undefined;
  } catch (error) {
    return answer === undefined || answer.ok ? unanswered(error) : refused(answer, error);
  }
}

/** The webhook's address is its secret: messages name the service, never the address. */
function unanswered(error: unknown): NetworkError {
  const cause = (error as {original?: unknown}).original ?? error;
  const why = messageOf(cause).replace(/https?:\/\/\S+/g, 'the webhook');
  return new NetworkError(
    `Slack could not be reached: ${why}. Check the address and the network; the message is in the job summary.`,
  );
}

function refused(answer: FetchResponse, error: unknown): RequestError {
  const said = String((error as IncomingWebhookHTTPError).body ?? '')
    .trim()
    .slice(0, 200);
  const retryAfterMs = parseRetryAfter(answer.headers.get('retry-after'));
  const status = answer.status;
  const advice = adviceFor(status, said);
  const words = said === '' ? '' : ` "${said}"`;
  return new RequestError(`Slack answered ${status}${words}: ${advice}`, {
    method: 'POST',
    url: 'Slack',
    status,
    retryAfterMs,
  });
}

/** @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
const ADVICE: Readonly<Record<string, string>> = {
  invalid_payload: 'it could not read the message; this is a bug of Port Reactor, please report it.',
  invalid_blocks: 'it did not accept the message; this is a bug of Port Reactor, please report it.',
  no_text: 'it did not accept the message; this is a bug of Port Reactor, please report it.',
  user_not_found: 'the user of the webhook is gone. Create a new webhook and update the secret.',
  channel_not_found: 'the channel of the webhook is gone. Create a new webhook and update the secret.',
  channel_is_archived: 'the channel of the webhook is archived. Unarchive it, or create a webhook for another channel.',
  posting_to_general_channel_denied:
    'the workspace forbids posting to its general channel. Use a webhook of another channel.',
  action_prohibited: 'an administrator of the workspace forbids it. Ask them to allow the webhook.',
  no_service: 'the webhook is disabled or removed. Create a new webhook and update the secret.',
  no_service_id: 'the webhook is disabled or removed. Create a new webhook and update the secret.',
  no_team: 'the workspace of the webhook is not known. Check that the secret holds the whole address.',
  team_disabled: 'the workspace is disabled.',
  invalid_token: 'the address is not complete. Check that the secret holds the whole webhook address.',
};

function adviceFor(status: number, said: string): string {
  const known = Object.hasOwn(ADVICE, said) ? ADVICE[said] : undefined;
  if (known !== undefined) return known;
  if (status === 429) return 'the webhook is rate limited, and waiting longer than a minute would hide the delay.';
  if (status >= 500) return 'Slack has a problem of its own; the message is in the job summary.';
  if (status >= 300 && status < 400) return 'it redirects, which a webhook never does. Check the address.';
  return 'check that the secret holds the address of an incoming webhook that still exists.';
}
