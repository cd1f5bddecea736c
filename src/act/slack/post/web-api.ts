/** Act: the methods of Slack's Web API that messages need, `chat.postMessage` and `chat.update`. Each is one call. */
import type {Fetch, FetchResponse} from '../../../base/deps.ts';
import {Cancelled, messageOf, NetworkError} from '../../../base/errors.ts';
import {isObject, parseOrUndefined} from '../../../base/json.ts';
import {redact} from '../../../secrets/redact.ts';
import type {SlackMessage} from '../block-kit/blocks.ts';
import type {Failure} from './rate-limit.ts';
import {OUR_BUG, Refusal, TRANSIENT_WORDS} from './refusal.ts';

/** A message in Slack. `ts` identifies the message in its channel, and the thread that starts with it. */
export interface Posted {
  readonly channel: string;
  readonly ts: string;
  /** Set if Slack posted a reply to the channel, because the first message of the thread was deleted. */
  readonly isOutside?: true;
}

/** The thread of a reply. */
export interface Thread {
  readonly ts: string;
  /** Whether the channel also shows the reply. */
  readonly broadcast?: boolean;
}

export interface WebApi {
  postMessage(channel: string, message: SlackMessage, thread?: Thread): Promise<Posted | Failure>;
  update(posted: Pick<Posted, 'channel' | 'ts'>, message: SlackMessage): Promise<undefined | Failure>;
}

interface WebApiDeps {
  /** A bot's token with the scope `chat:write`. */
  readonly token: string;
  /** Without a slash at the end: https://slack.com/api. */
  readonly apiUrl: string;
  readonly fetch: Fetch;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** @see https://docs.slack.dev/reference/methods/chat.postMessage and https://docs.slack.dev/reference/methods/chat.update */
export function createWebApi(deps: WebApiDeps): WebApi {
  return {
    async postMessage(channel, message, thread) {
      const {ts, broadcast = false} = thread ?? {};
      const reply = ts === undefined ? {} : {thread_ts: ts, ...(broadcast ? {reply_broadcast: true} : {})};
      const answer = await call('chat.postMessage', {channel, ...message, ...reply}, deps);
      return isFailure(answer) ? answer : postedOf(answer, channel, thread);
    },
    async update({channel, ts}, {text, blocks}) {
      const answer = await call('chat.update', {channel, ts, text, blocks}, deps);
      return isFailure(answer) ? answer : undefined;
    },
  };
}

/**
 * If the first message of a thread was deleted, Slack posts the reply to the channel. The response shows it only by a missing
 * `thread_ts`.
 * @see https://github.com/slack-go/slack/issues/1571
 */
function postedOf(answer: ResponseBody, requestedChannel: string, thread: Thread | undefined): Posted | Failure {
  const {channel = requestedChannel, ts, message} = answer;
  if (typeof channel !== 'string' || typeof ts !== 'string')
    return new Refusal(
      'Slack accepted the message, but its response has no message ID. Later messages cannot be posted to its thread.',
      {
        ...REQUEST,
        status: 200,
        word: undefined,
      },
    );
  const isOutside = thread !== undefined && isObject(message) && message['thread_ts'] === undefined;
  return {channel, ts, ...(isOutside ? {isOutside} : {})};
}

type ResponseBody = Readonly<Record<string, unknown>>;

const REQUEST = {method: 'POST', url: 'Slack'} as const;

async function call(method: string, body: unknown, deps: WebApiDeps): Promise<ResponseBody | Failure> {
  const {token, apiUrl, fetch, timeoutMs = TIMEOUT_MS} = deps;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const headers = {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json; charset=utf-8',
    };
    const response = await fetch(`${apiUrl}/${method}`, {method: 'POST', headers, body: JSON.stringify(body), signal});
    const answer = parse(await response.text());
    if (response.ok && answer?.['ok'] === true) return answer;
    return refused(method, answer, response);
  } catch (error) {
    if (error instanceof Cancelled) return error;
    const why = signal.aborted ? `no answer within ${timeoutMs / 1000} s` : redact(messageOf(error), [token]);
    return new NetworkError(
      `Slack could not be reached: ${why}. Check \`slack-api-url\` and the network. The message is in the job summary.`,
    );
  }
}

function parse(text: string): ResponseBody | undefined {
  const answer = parseOrUndefined(text);
  return isObject(answer) ? answer : undefined;
}

/** HTTP 200 with `ok: false` is a failure. Only Slack's error code is shown, because other text can contain the token. */
function refused(method: string, answer: ResponseBody | undefined, {status, headers}: FetchResponse): Refusal {
  const word = wordIn(answer);
  const isLimit = status === 429 || word === 'ratelimited' || word === 'rate_limited';
  const quoted = word === undefined ? '' : ` "${word}"`;
  return new Refusal(`Slack answered ${method} with ${status}${quoted}: ${adviceFor(status, word, answer)}`, {
    ...REQUEST,
    status: isLimit ? 429 : status,
    word,
    headers,
  });
}

function wordIn(answer: ResponseBody | undefined): string | undefined {
  const error = answer?.['error'];
  return typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : undefined;
}

const NEW_TOKEN = 'Copy the bot token (xoxb-…) of the app again, and update the secret of `slack-bot-token`.';
const NO_CHANNEL =
  'the channel does not exist, or the app cannot see it. Check its ID in `slack-channels`. Invite the app if the channel is private.';
const FORBIDDEN = 'the workspace does not allow the app to post there. Ask an administrator, or use another channel.';

/** @see https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const ADVICE: Readonly<Record<string, string>> = {
  not_authed: `the token is missing. ${NEW_TOKEN}`,
  invalid_auth: `the token is not valid. ${NEW_TOKEN}`,
  token_revoked: `the token was revoked, or the app was removed. ${NEW_TOKEN}`,
  token_expired: `the token has expired. ${NEW_TOKEN}`,
  account_inactive: `the app or its workspace was removed. ${NEW_TOKEN}`,
  not_allowed_token_type: `this is not a bot token. ${NEW_TOKEN}`,
  channel_not_found: NO_CHANNEL,
  not_in_channel:
    'the app is not in the channel. Invite it (`/invite @app`), or give it the scope `chat:write.public`.',
  is_archived: 'the channel is archived. Unarchive it, or set another channel in `slack-channels`.',
  restricted_action: FORBIDDEN,
  restricted_action_read_only_channel: FORBIDDEN,
  restricted_action_thread_only_channel: FORBIDDEN,
  restricted_action_thread_locked: 'the thread is locked.',
  no_permission: FORBIDDEN,
  ekm_access_denied: FORBIDDEN,
  access_denied: FORBIDDEN,
  message_not_found: 'the message no longer exists.',
  thread_not_found: 'the thread no longer exists.',
  cant_update_message: 'this app cannot edit the message.',
  edit_window_closed: 'the workspace does not allow edits of a message this old.',
  invalid_blocks: OUR_BUG,
  invalid_blocks_format: OUR_BUG,
  invalid_arguments: OUR_BUG,
  no_text: OUR_BUG,
  msg_too_long: OUR_BUG,
  msg_blocks_too_long: OUR_BUG,
  message_limit_exceeded: 'the workspace has reached its limit of messages for the month.',
};

function adviceFor(status: number, word: string | undefined, answer: ResponseBody | undefined): string {
  if (word === 'missing_scope')
    return `the app lacks the scope \`${scopeIn(answer)}\`. Add it, and install the app again.`;
  if (word !== undefined && Object.hasOwn(ADVICE, word)) return ADVICE[word] ?? '';
  if (status === 429 || word === 'ratelimited' || word === 'rate_limited')
    return 'the app is rate limited for longer than a run waits: 60 s in total.';
  if (status >= 500 || TRANSIENT_WORDS.has(word ?? ''))
    return 'Slack has an internal problem. The message is in the job summary.';
  if (answer === undefined)
    return 'the response is not from Slack. Check `slack-api-url`, and check that no proxy answers in its place.';
  return 'see https://docs.slack.dev/reference/methods/chat.postMessage#errors for this error code.';
}

function scopeIn(answer: ResponseBody | undefined): string {
  const needed = answer?.['needed'];
  return typeof needed === 'string' && /^[a-z:._,]{1,80}$/.test(needed) ? needed : 'chat:write';
}

function isFailure(answer: unknown): answer is Failure {
  return answer instanceof Refusal || answer instanceof NetworkError;
}
