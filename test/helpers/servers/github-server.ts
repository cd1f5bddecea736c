/**
 * A strict fake of GitHub's API on a free port, for any repository. It has the routes of `repository_dispatch`, of contents and of
 * the repository, based on https://docs.github.com/en/rest/repos.
 *
 * - It refuses what GitHub refuses: no credentials (401), no user agent (403), an invalid event type, a client payload with more than ten keys
 *   or too many bytes (422), a body that is not JSON (400), a missing file (404).
 * - `github.dispatches` lists the accepted dispatches, `github.requests` all requests.
 * - `github.files.set('path/in/repository', text)` sets a file that the contents route serves, with an ETag.
 * - `github.commits.set('<sha>', new Map([[path, text]]))` serves those files for that `ref`. Unknown refs then get 404.
 * - `github.replyNext({status: 503})` sets the next response. Several are used in turn. `'hang'` never answers.
 * - While `github.replyAll = request => …` is set, it is called before the routes.
 * - `github.app = new GitHubApp(…)` serves the routes of an App, and then accepts only its tokens.
 * - The routes of GitHub Enterprise Server start with `/api/v3`, which also works here.
 */
import {createHash} from 'node:crypto';
import type {GitHubApp} from './github-app.ts';
import {type RecordedRequest, type Reply, startServer, type TestServer} from './http-server.ts';

type GitHubReply = Reply | 'reset' | 'cut' | 'hang';

/** The body of an accepted dispatch. */
interface Dispatched {
  readonly event_type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the sender chooses the content
  readonly client_payload: any;
}

export interface GitHubServer extends TestServer {
  readonly dispatches: readonly Dispatched[];
  readonly files: Map<string, string>;
  readonly commits: Map<string, ReadonlyMap<string, string>>;
  app: GitHubApp | undefined;
  replyNext(...replies: GitHubReply[]): void;
  replyAll: ((request: RecordedRequest) => GitHubReply | undefined | Promise<GitHubReply | undefined>) | undefined;
  /** Resolves with the nth request since the start, counted from 1, when it arrives. */
  arrival(n: number): Promise<RecordedRequest>;
}

export async function startGitHubServer(): Promise<GitHubServer> {
  const dispatches: Dispatched[] = [];
  const files = new Map<string, string>();
  const scripted: GitHubReply[] = [];
  const waiting = new Set<() => void>();

  const server = await startServer(async request => {
    for (const look of waiting) look();
    const reply = scripted.shift() ?? (await github.replyAll?.(request)) ?? route(request, github, dispatches);
    return reply === 'hang' ? new Promise<Reply>(() => {}) : reply;
  });
  const github: GitHubServer = {
    ...server,
    dispatches,
    files,
    commits: new Map(),
    app: undefined,
    replyNext: (...replies) => void scripted.push(...replies),
    replyAll: undefined,
    arrival: n =>
      new Promise(resolve => {
        const look = () => {
          const request = server.requests[n - 1];
          if (request === undefined) return;
          waiting.delete(look);
          resolve(request);
        };
        waiting.add(look);
        look();
      }),
  };
  return github;
}

function route(request: RecordedRequest, {files, commits, app}: GitHubServer, dispatches: Dispatched[]): Reply {
  const {method, headers} = request;
  const path = request.path.replace(/^\/api\/v3(?=\/)/, '');
  if (!/^(bearer|token) \S+$/i.test(headers['authorization'] ?? '')) return refusal(401, 'Requires authentication');
  if (!headers['user-agent']) return refusal(403, 'Request forbidden by administrative rules.');
  const ofApp = app?.answer(request, path);
  if (ofApp !== undefined) return ofApp;
  if (method === 'POST' && /^\/repos\/[^/]+\/[^/]+\/dispatches$/.test(path)) return dispatch(request, dispatches);
  const [, file] = /^\/repos\/[^/]+\/[^/]+\/contents(?:\/|$)(.*)/.exec(path) ?? [];
  if (method === 'GET' && file !== undefined) {
    const ref = request.query.get('ref') ?? '';
    const served = commits.size === 0 ? files : commits.get(ref);
    if (served === undefined) return refusal(404, `No commit found for the ref ${ref}`);
    if (file === '') return {status: 200, body: [...served.keys()].map(path => ({type: 'file', path}))};
    return contents(request, served.get(decodeURIComponent(file)));
  }
  if (method === 'GET' && /^\/repos\/[^/]+\/[^/]+$/.test(path)) return repository(path);
  return refusal(404, 'Not Found');
}

/** https://docs.github.com/en/rest/repos/repos#get-a-repository */
function repository(path: string): Reply {
  const permissions = {admin: false, maintain: false, push: true, triage: true, pull: true};
  return {status: 200, body: {full_name: path.slice('/repos/'.length), private: true, archived: false, permissions}};
}

/** https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
function dispatch({headers, json, text}: RecordedRequest, dispatches: Dispatched[]): Reply {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) return refusal(415, 'Unsupported Media Type');
  if (!isObject(json)) return refusal(400, 'Problems parsing JSON');
  const {event_type: type, client_payload: payload, ...others} = json;
  if (typeof type !== 'string' || type.length < 1 || type.length > 100) return refusal(422, 'event_type is wrong');
  if (Object.keys(others).length > 0) return refusal(422, `unknown keys: ${Object.keys(others)}`);
  if (!isObject(payload)) return refusal(422, 'client_payload is not an object');
  if (Object.keys(payload).length > 10) return refusal(422, 'no more than 10 properties are allowed');
  if (Buffer.byteLength(text) > 65_535) return refusal(422, 'client_payload is too large.');
  dispatches.push({event_type: type, client_payload: payload});
  return {status: 204};
}

/** https://docs.github.com/en/rest/repos/contents#get-repository-content */
function contents({headers}: RecordedRequest, text: string | undefined): Reply {
  if (text === undefined) return refusal(404, 'Not Found');
  const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`;
  if (headers['if-none-match'] === etag) return {status: 304, headers: {etag}};
  if (!headers['accept']?.includes('raw')) {
    const content = Buffer.from(text).toString('base64');
    return {status: 200, headers: {etag}, body: {type: 'file', encoding: 'base64', content}};
  }
  return {status: 200, headers: {etag, 'content-type': 'application/vnd.github.raw+json; charset=utf-8'}, body: text};
}

function refusal(status: number, message: string): Reply {
  return {status, body: {message, documentation_url: 'https://docs.github.com/rest'}};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
