/**
 * A strict fake of Slack's Web API on a free port: `chat.postMessage` and `chat.update`.
 *
 * - It refuses what Slack refuses, with status 200, `ok: false` and Slack's error code: an invalid token, a body that is not JSON, unknown
 *   arguments, an unknown channel, blocks beyond Block Kit's limits, a missing message.
 * - It posts a reply to a deleted message in the channel, as Slack does, and leaves `thread_ts` out of its response.
 * - `replyNext` sets the next responses. `delete` deletes a message, as a person does.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage and https://docs.slack.dev/reference/methods/chat.update
 */
import {blockKitProblems} from '../values/block-kit.ts';
import {type RecordedRequest, type Reply, startServer, type TestServer} from './http-server.ts';

type WebApiReply = Reply | 'hang' | 'reset';

interface ChannelMessage {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | undefined;
  /** True if the channel also shows the reply. */
  readonly isBroadcast: boolean;
  readonly text: string;
  /** The texts of the blocks, one per line. */
  readonly body: string;
  /** The previous bodies of an edited message, oldest first. */
  readonly before: readonly string[];
}

export interface SlackWebApi extends TestServer {
  readonly token: string;
  /** The value of `slack-api-url`. */
  readonly apiUrl: string;
  /** The current messages, in the order in which they were posted. */
  readonly messages: readonly ChannelMessage[];
  /** The method of each call, with Slack's error code if it was refused: `chat.update`, `chat.update message_not_found`. */
  readonly calls: readonly string[];
  replyNext(...replies: WebApiReply[]): void;
  delete(ts: string): void;
}

/** @param channels the channels of the bot */
export async function startSlackWebApi(channels: readonly string[] = ['C0123ABCD']): Promise<SlackWebApi> {
  const token = 'xoxb-1234567890-abcdefghijklmnopqrstuvwx';
  const state: State = {token, channels, messages: [], calls: []};
  const scripted: WebApiReply[] = [];
  const server = await startServer(request => {
    const reply = scripted.shift();
    if (reply === 'hang') return new Promise<never>(() => {});
    return reply ?? {status: 200, body: answer(request, state)};
  });
  return {
    ...server,
    token,
    apiUrl: `${server.url}/api`,
    messages: state.messages,
    calls: state.calls,
    replyNext: (...replies) => void scripted.push(...replies),
    delete: ts =>
      void state.messages.splice(0, Number.POSITIVE_INFINITY, ...state.messages.filter(one => one.ts !== ts)),
  };
}

interface State {
  readonly token: string;
  readonly channels: readonly string[];
  readonly messages: ChannelMessage[];
  readonly calls: string[];
}

type Args = Readonly<Record<string, unknown>>;

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['channel', 'text', 'blocks', 'thread_ts', 'reply_broadcast', 'unfurl_links', 'unfurl_media'],
  'chat.update': ['channel', 'ts', 'text', 'blocks', 'reply_broadcast'],
};

function answer(request: RecordedRequest, state: State): Args {
  const method = request.path.replace('/api/', '');
  const refusal = refusalOf(request, method, state);
  state.calls.push(refusal === undefined ? method : `${method} ${refusal}`);
  if (refusal !== undefined) return {ok: false, error: refusal};
  const args = request.json as Args;
  return method === 'chat.update' ? update(args, state) : post(args, state);
}

function refusalOf({json, headers, method: verb}: RecordedRequest, method: string, state: State): string | undefined {
  const known = ARGUMENTS[method];
  if (known === undefined || verb !== 'POST') return 'unknown_method';
  if (headers['authorization'] === undefined) return 'not_authed';
  if (headers['authorization'] !== `Bearer ${state.token}`) return 'invalid_auth';
  if (!/^application\/json; charset=utf-8$/i.test(headers['content-type'] ?? '')) return 'invalid_post_type';
  if (typeof json !== 'object' || json === null) return 'invalid_json';
  const args = json as Args;
  if (Object.keys(args).some(key => !known.includes(key))) return 'invalid_arguments';
  if (!state.channels.includes(String(args['channel']))) return 'channel_not_found';
  for (const key of ['ts', 'thread_ts']) {
    if (args[key] !== undefined && !/^\d{10}\.\d{6}$/.test(String(args[key]))) return 'invalid_arguments';
  }
  if (args['reply_broadcast'] !== undefined && args['thread_ts'] === undefined) return 'invalid_arguments';
  const {text, blocks} = args;
  const [problem] = blockKitProblems({text, blocks});
  if (problem !== undefined) return problem.word;
  return method === 'chat.update' && find(args, 'ts', state) === undefined ? 'message_not_found' : undefined;
}

function find(args: Args, key: string, {messages}: State): ChannelMessage | undefined {
  return messages.find(({channel, ts}) => channel === args['channel'] && ts === args[key]);
}

function post(args: Args, state: State): Args {
  const parent = args['thread_ts'] === undefined ? undefined : find(args, 'thread_ts', state);
  const n = state.calls.length;
  const posted: ChannelMessage = {
    channel: String(args['channel']),
    ts: `${1_764_331_200 + n}.${String(n).padStart(6, '0')}`,
    threadTs: parent?.threadTs ?? parent?.ts,
    isBroadcast: args['reply_broadcast'] === true,
    text: String(args['text']),
    body: bodyOf(args),
    before: [],
  };
  state.messages.push(posted);
  const thread = posted.threadTs === undefined ? {} : {thread_ts: posted.threadTs};
  return {ok: true, channel: posted.channel, ts: posted.ts, message: {type: 'message', text: posted.text, ...thread}};
}

function update(args: Args, state: State): Args {
  const index = state.messages.findIndex(({channel, ts}) => channel === args['channel'] && ts === args['ts']);
  const old = state.messages[index];
  if (old === undefined) return {ok: false, error: 'message_not_found'};
  state.messages[index] = {...old, text: String(args['text']), body: bodyOf(args), before: [...old.before, old.body]};
  return {ok: true, channel: old.channel, ts: old.ts, text: args['text']};
}

interface TextBlock {
  readonly text?: {readonly text: string};
  readonly elements?: readonly {readonly text: string}[];
}

function bodyOf({blocks}: Args): string {
  return (blocks as readonly TextBlock[])
    .flatMap(({text, elements = []}) => [...(text ? [text] : []), ...elements].map(one => one.text))
    .join('\n\n');
}
