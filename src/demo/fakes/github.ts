/** A fake of GitHub's API: validates dispatches as strictly as GitHub, serves files and runs, and stores the memory. */
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {isObject, parseOrUndefined} from '../../base/json.ts';
import type {Handler, Reply, Request} from '../../ui/local-server.ts';
import type {RecordedDispatch} from '../history.ts';
import {createMemoryApi} from './memory.ts';

export interface GitHubSettings {
  /** `owner/name` of the only repository. */
  readonly repository: string;
  /** The folder with the files of the default branch. */
  readonly folder: string;
  /** The only files that are served. */
  readonly files: readonly string[];
  readonly token: string;
}

export type OnDispatch = (dispatch: RecordedDispatch) => void;

/** When a workflow run was created, in milliseconds since the epoch. Undefined if the run does not exist. */
export type CreatedAtMs = (run: number) => number | undefined;

/** The routes of the API. Undefined for any other path. */
export function createGitHubApi(
  settings: GitHubSettings,
  onDispatch: OnDispatch,
  createdAtMs: CreatedAtMs = () => undefined,
): Handler {
  const base = `/repos/${settings.repository}`;
  const memory = createMemoryApi(base);
  return async (request, response) => {
    const {method, path, headers} = request;
    if (!path.startsWith('/repos/') && path !== '/graphql') return undefined;
    const [, token] = /^(?:Bearer|token) (\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (token !== settings.token) return refuse(401, 'Bad credentials');
    if (!headers['user-agent']) return refuse(403, 'Request forbidden by administrative rules.');
    if (method === 'GET' && path === base) return describeRepository(settings.repository);
    if (method === 'POST' && path === `${base}/dispatches`) return takeDispatch(request, onDispatch);
    const run = `${base}/actions/runs/`;
    if (method === 'GET' && path.startsWith(run)) return serveRun(Number(path.slice(run.length)), createdAtMs);
    const contents = `${base}/contents/`;
    if (method === 'GET' && path.startsWith(contents)) return serveFile(request, path.slice(contents.length), settings);
    return (await memory(request, response)) ?? refuse(404, 'Not Found');
  };
}

function describeRepository(repository: string): Reply {
  const permissions = {admin: false, push: true, pull: true};
  const body = {full_name: repository, default_branch: 'main', archived: false, disabled: false, permissions};
  return {status: 200, body};
}

/** https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
function takeDispatch({text, headers}: Request, onDispatch: OnDispatch): Reply {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) return refuse(415, 'Unsupported Media Type');
  const body = parseOrUndefined(text);
  if (!isObject(body)) return refuse(400, 'Problems parsing JSON');
  const {event_type: eventType, client_payload: payload = {}, ...others} = body;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return refuse(422, `"${unknown}" is not a permitted key.`);
  if (typeof eventType !== 'string' || eventType === '') return refuse(422, '"event_type" wasn\'t supplied.');
  if (eventType.length > 100) return refuse(422, 'event_type is too long (maximum is 100 characters)');
  if (!isObject(payload)) return refuse(422, 'client_payload is not an object.');
  if (Object.keys(payload).length > 10) return refuse(422, 'No more than 10 properties are allowed.');
  const bytes = Buffer.byteLength(JSON.stringify(payload));
  if (bytes > 65_535) return refuse(422, 'client_payload is too large.');
  onDispatch({eventType, payload, bytes});
  return {status: 204};
}

/** https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run */
function serveRun(id: number, createdAtMs: CreatedAtMs): Reply {
  const atMs = createdAtMs(id);
  if (atMs === undefined) return refuse(404, 'Not Found');
  const created = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  return {status: 200, body: {id, run_attempt: 1, created_at: created, run_started_at: created}};
}

/** https://docs.github.com/en/rest/repos/contents#get-repository-content, as the relay requests it: raw, with its ETag. */
function serveFile({headers}: Request, encoded: string, {folder, files}: GitHubSettings): Reply {
  const path = decodeURIComponent(encoded);
  if (!files.includes(path)) return refuse(404, 'Not Found');
  const text = readFileSync(join(folder, path), 'utf8');
  const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`;
  if (headers['if-none-match'] === etag) return {status: 304, headers: {etag}};
  const type = 'application/vnd.github.raw+json; charset=utf-8';
  return {status: 200, headers: {etag, 'content-type': type}, body: text};
}

function refuse(status: number, message: string): Reply {
  return {status, body: {message, documentation_url: 'https://docs.github.com/rest'}};
}
