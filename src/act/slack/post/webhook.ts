/** Act: posts messages to Slack's incoming webhooks, and explains its refusals. */
import {IncomingWebhook, type IncomingWebhookHTTPError} from '@slack/webhook';
import type {Fetch, FetchResponse, Now, Sleep} from '../../../base/deps.ts';
import {Cancelled, messageOf, NetworkError} from '../../../base/errors.ts';
import {isObject, parseOrUndefined} from '../../../base/json.ts';
import {redact} from '../../../secrets/redact.ts';
import {secretsOfAddress} from '../../../secrets/secrets.ts';
import type {SlackMessage} from '../block-kit/blocks.ts';
import {createRateLimiter, type Failure, type RateLimiter} from './rate-limit.ts';
import {OUR_BUG, Refusal, TRANSIENT_WORDS} from './refusal.ts';

/** Posts one message. Rejects with {@link Refusal} if Slack refused it, and with {@link NetworkError} if it did not respond. */
export type Post = (url: string, message: SlackMessage) => Promise<void>;

const TIMEOUT_MS = 10_000;

interface PostDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
  readonly now: Now;
  readonly timeoutMs?: number;
  /** The rate limiter of the run, if other messages share it. */
  readonly rateLimiter?: RateLimiter;
}

/** Sends messages to one webhook one after the other. See {@link RateLimiter}. */
export function createWebhookPost({fetch, sleep, now, timeoutMs = TIMEOUT_MS, rateLimiter}: PostDeps): Post {
  const {schedule} = rateLimiter ?? createRateLimiter({sleep, now});
  return (url, message) => schedule(url, () => postOnce({fetch, timeoutMs}, url, message));
}

async function postOnce(
  {fetch, timeoutMs}: Required<Pick<PostDeps, 'fetch' | 'timeoutMs'>>,
  url: string,
  message: SlackMessage,
): Promise<Failure | undefined> {
  let answer: FetchResponse | undefined;
  const recordResponse: Fetch = async (...request) => {
    answer = await fetch(...request);
    return answer;
  };
  try {
    // The package requires the platform's `fetch` type, but uses only what ours provides.
    const webhook = new IncomingWebhook(url, {fetch: recordResponse as typeof globalThis.fetch, timeout: timeoutMs});
    const {text} = await webhook.send({...message, blocks: [...message.blocks] as never});
    return answer === undefined || isDone(text) ? undefined : refused(answer, text);
  } catch (error) {
    if (answer === undefined || answer.ok) return unanswered(error, url);
    return refused(answer, String((error as IncomingWebhookHTTPError).body ?? ''));
  }
}

/**
 * Only Slack's own confirmation counts, regardless of the status. A proxy can return its login page with 200, and Slack's Web
 * API returns 200 with `{"ok":false}`.
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#posting_with_webhooks
 */
function isDone(text: string): boolean {
  if (text.trim() === 'ok') return true;
  const answer = parseOrUndefined(text);
  return isObject(answer) && answer['ok'] === true;
}

function unanswered(error: unknown, url: string): NetworkError {
  const cause = (error as {original?: unknown}).original ?? error;
  if (cause instanceof Cancelled) return cause;
  const why = redact(messageOf(cause), secretsOfAddress(url));
  return new NetworkError(
    `Slack could not be reached: ${why}. Check the URL and the network. The message is in the job summary.`,
  );
}

/** Only Slack's own error codes are shown. Other text can contain the address, which is a secret. */
function refused({status, headers}: FetchResponse, body: string): Refusal {
  const word = errorWordOf(body);
  const quoted = word === undefined ? '' : ` "${word}"`;
  return new Refusal(`Slack answered ${status}${quoted}: ${adviceFor(status, word, body)}`, {
    method: 'POST',
    url: 'Slack',
    status,
    word,
    headers,
  });
}

/** Slack's error code: the start of the body, or `error` in its JSON. Undefined for other texts. */
function errorWordOf(body: string): string | undefined {
  const [, word = ''] = /^\s*(?:\{[\s\S]*"error"\s*:\s*")?([a-z_]+)(?=["\s:]|$)/.exec(body) ?? [];
  return Object.hasOwn(ADVICE, word) || WORDS_WITHOUT_ADVICE.has(word) ? word : undefined;
}

/** @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
const ADVICE: Readonly<Record<string, string>> = {
  invalid_payload: OUR_BUG,
  invalid_blocks: OUR_BUG,
  no_text: OUR_BUG,
  user_not_found: 'the user of the webhook no longer exists. Create a new webhook and update the secret.',
  channel_not_found: 'the channel of the webhook no longer exists. Create a new webhook and update the secret.',
  channel_is_archived: 'the channel of the webhook is archived. Unarchive it, or create a webhook for another channel.',
  posting_to_general_channel_denied:
    'the workspace forbids posting to its general channel. Use a webhook of another channel.',
  action_prohibited: 'an administrator of the workspace forbids it. Ask them to allow the webhook.',
  no_service: 'the webhook is disabled or removed. Create a new webhook and update the secret.',
  no_service_id: 'the webhook is disabled or removed. Create a new webhook and update the secret.',
  no_team: 'the workspace of the webhook is unknown. Check that the secret contains the whole URL.',
  team_disabled: 'the workspace is disabled.',
  invalid_token: 'the URL is not complete. Check that the secret contains the whole webhook URL.',
};

/**
 * Error codes for which the status explains enough.
 * @see https://docs.slack.dev/reference/methods/chat.postMessage#errors
 */
const WORDS_WITHOUT_ADVICE: ReadonlySet<string> = new Set([
  ...['rate_limited', 'ratelimited', 'message_limit_exceeded', 'rollup_error', 'internal_error', 'fatal_error'],
  ...['service_unavailable', 'request_timeout', 'team_added_to_org', 'no_active_hooks'],
  ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'no_permission'],
  ...['access_denied', 'ekm_access_denied', 'org_login_required', 'method_deprecated', 'method_not_allowed'],
]);

function adviceFor(status: number, word: string | undefined, body: string): string {
  const known = word !== undefined && Object.hasOwn(ADVICE, word) ? ADVICE[word] : undefined;
  if (known !== undefined) return known;
  if (status === 429) return 'the webhook is rate limited for longer than a run waits: 60 s in total.';
  if (status >= 500) return 'Slack has an internal problem. The message is in the job summary.';
  if (status >= 300 && status < 400) return 'it redirects, which a webhook never does. Check the URL.';
  if (TRANSIENT_WORDS.has(word ?? '')) return 'Slack did not accept the message. It is in the job summary.';
  if (status < 300 && word === undefined) return `${describeBody(body)} instead of Slack's \`ok\`. ${CHECK_ADDRESS}`;
  return 'check that the secret contains the URL of an incoming webhook that still exists.';
}

const CHECK_ADDRESS =
  'Check that the secret contains the URL of an incoming webhook, and that no proxy answers in its place.';

/** The kind of response. Its text is not shown, because it can contain the address. */
function describeBody(body: string): string {
  if (body.trim() === '') return 'no content';
  return /^\s*</.test(body) ? 'a web page' : 'other content';
}
