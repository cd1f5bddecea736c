/** Act: posts messages to Slack's incoming webhooks; obeys its rate limit, and explains its refusals. */
import {IncomingWebhook, type IncomingWebhookHTTPError} from '@slack/webhook';
import type {Fetch, FetchResponse, Now, Sleep} from '../deps.ts';
import {messageOf, NetworkError, RequestError} from '../errors.ts';
import {parseRetryAfter} from '../http.ts';
import {clip, oneLine} from '../text.ts';
import type {SlackMessage} from './slack-blocks.ts';

/** Posts one message. Rejects with {@link RequestError} where Slack refused, {@link NetworkError} where it did not answer. */
export type Post = (url: string, message: SlackMessage) => Promise<void>;

/** How long all waiting for Slack's rate limit may take, per run: then a person should see red rather than nothing. */
const PATIENCE_MS = 60_000;
/**
 * Slack takes one message a second through each webhook, and short bursts of more; what a 429 without `Retry-After`, or with
 * less, is taken for. @see https://docs.slack.dev/apis/web-api/rate-limits
 */
const MIN_GAP_MS = 1_000;
/** Pauses before a failed post is tried again. A message that comes twice is better than one that never came. */
const RETRY_PAUSES_MS = [300, 1_000] as const;
const TIMEOUT_MS = 10_000;

interface PostDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
  readonly now: Now;
  readonly timeoutMs?: number;
}

/** What is known of one webhook within the run. */
interface Webhook {
  readonly url: string;
  /** Ends when what was posted before is done; never rejects. */
  done: Promise<unknown>;
  /** When the next post may start, in ms since the epoch. */
  freeAtMs: number;
  /** The answer that said so, where that is a rate limit. */
  limit?: Failure;
}

/** The waiting that is left to the run. */
interface Patience {
  leftMs: number;
}

/**
 * A poster for one run. Messages to one webhook go one after the other, a second apart; those to others do not wait for
 * them. What waits for a rate limit counts against one patience; where the rest of it is too short for a webhook's limit,
 * its messages fail at once, without another try.
 */
export function createPost({fetch, sleep, now, timeoutMs = TIMEOUT_MS}: PostDeps): Post {
  const webhooks = new Map<string, Webhook>();
  const patience: Patience = {leftMs: PATIENCE_MS};
  return (url, message) => {
    const webhook = webhooks.get(url) ?? {url, done: Promise.resolve(), freeAtMs: Number.NEGATIVE_INFINITY};
    webhooks.set(url, webhook);
    const posted = webhook.done.then(() => postInTurn(webhook, message, patience, {fetch, sleep, now, timeoutMs}));
    webhook.done = posted.catch(() => {});
    return posted;
  };
}

/** Posts when the webhook is free, and again where that may help. */
async function postInTurn(
  webhook: Webhook,
  message: SlackMessage,
  patience: Patience,
  {fetch, sleep, now, timeoutMs}: Required<PostDeps>,
): Promise<void> {
  const pauses: number[] = [...RETRY_PAUSES_MS];
  for (;;) {
    const waitMs = webhook.freeAtMs - now();
    if (webhook.limit !== undefined && waitMs > 0) spend(patience, waitMs, webhook.limit);
    if (waitMs > 0) await sleep(waitMs);
    const failure = await postOnce(fetch, webhook.url, message, timeoutMs);
    delete webhook.limit;
    webhook.freeAtMs = now() + MIN_GAP_MS;
    if (failure === undefined) return;
    const pauseMs = isLimit(failure) ? Math.max(failure.retryAfterMs ?? 0, MIN_GAP_MS) : pauseBefore(failure, pauses);
    if (pauseMs === undefined) throw failure;
    webhook.freeAtMs = now() + pauseMs;
    if (isLimit(failure)) webhook.limit = failure;
  }
}

/** @throws the limit itself where the patience is too short for it */
function spend(patience: Patience, waitMs: number, limit: Failure): void {
  if (waitMs > patience.leftMs) throw limit;
  patience.leftMs -= waitMs;
}

type Failure = RequestError | NetworkError;

/** Milliseconds until a failure that may pass is tried again; undefined where it will not, or was often enough. */
function pauseBefore(failure: Failure, pauses: number[]): number | undefined {
  return failure instanceof NetworkError || failure.status >= 500 ? pauses.shift() : undefined;
}

function isLimit(failure: Failure): failure is RequestError {
  return failure instanceof RequestError && failure.status === 429;
}

async function postOnce(
  fetch: Fetch,
  url: string,
  message: SlackMessage,
  timeoutMs: number,
): Promise<Failure | undefined> {
  let answer: FetchResponse | undefined;
  const keepAnswer: Fetch = async (...request) => {
    answer = await fetch(...request);
    return answer;
  };
  try {
    // The package wants the platform's whole `fetch` type, and uses what ours has.
    const webhook = new IncomingWebhook(url, {fetch: keepAnswer as typeof globalThis.fetch, timeout: timeoutMs});
    const {text} = await webhook.send({...message, blocks: [...message.blocks] as never});
    return answer !== undefined && isRefusal(text) ? refused(answer, text, url) : undefined;
  } catch (error) {
    if (answer === undefined || answer.ok) return unanswered(error, url);
    return refused(answer, String((error as IncomingWebhookHTTPError).body ?? ''), url);
  }
}

/** Slack says `ok`. Its words for an error are one whatever the status; a page for people comes from a proxy in between. */
function isRefusal(text: string): boolean {
  return isPage(text) || Object.hasOwn(ADVICE, text.trim());
}

function isPage(text: string): boolean {
  return /^\s*</.test(text);
}

function unanswered(error: unknown, url: string): NetworkError {
  const why = withoutAddress(messageOf((error as {original?: unknown}).original ?? error), url);
  return new NetworkError(
    `Slack could not be reached: ${why}. Check the address and the network; the message is in the job summary.`,
  );
}

function refused({status, headers}: FetchResponse, body: string, url: string): RequestError {
  const said = clip(withoutAddress(oneLine(body), url), 200);
  const words = said === '' || isPage(said) ? '' : ` "${said}"`;
  return new RequestError(`Slack answered ${status}${words}: ${adviceFor(status, said)}`, {
    method: 'POST',
    url: 'Slack',
    status,
    retryAfterMs: parseRetryAfter(headers.get('retry-after')),
  });
}

/** The webhook's address is its secret, and its path is all of it: messages name the service only. */
function withoutAddress(text: string, url: string): string {
  const {pathname} = new URL(url);
  const bare = pathname.length > 1 ? text.replaceAll(pathname, '/…') : text;
  return bare.replace(/https?:\/\/\S+/gi, 'the webhook');
}

const OUR_BUG = 'it did not accept the message; this is a bug of Port Reactor, please report it.';

/** @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
const ADVICE: Readonly<Record<string, string>> = {
  invalid_payload: OUR_BUG,
  invalid_blocks: OUR_BUG,
  no_text: OUR_BUG,
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
  if (status === 429) return 'the webhook is rate limited for longer than a run waits: 60 s in all.';
  if (status >= 500) return 'Slack has a problem of its own; the message is in the job summary.';
  if (status >= 300 && status < 400) return 'it redirects, which a webhook never does. Check the address.';
  if (status < 300) return 'it sent a web page. Check that the secret holds the address of an incoming webhook.';
  return 'check that the secret holds the address of an incoming webhook that still exists.';
}
