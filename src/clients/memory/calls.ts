/** The part of GitHub's GraphQL and REST APIs that the incident memory uses. Failures are {@link MemoryError}s. */
import * as z from 'zod/mini';
import type {Fetch} from '../../base/deps.ts';
import {messageOf, NetworkError, ReactorError, RequestError} from '../../base/errors.ts';
import {type JsonRequest, requestJson} from '../../base/http/request-json.ts';
import {bearer, githubHeaders, RAW_TYPE} from '../github/headers.ts';
import {isLimitMessage, type Limit, limitOf} from '../github/limit.ts';
import {type ApiRequest, requestText} from '../github/request.ts';
import {responseIn} from '../github/response.ts';

export interface MemoryBranchesSettings {
  /** "owner/name" */
  readonly repository: string;
  /** Needs `contents: write`. */
  readonly token: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
}

/** The memory could not be read or written. The message contains the reason and the solution. */
export class MemoryError extends ReactorError {
  /**
   * With `unreachable`, it is unknown whether a write happened. A retry can help for `unreachable` and `limited`, not for
   * `refused`.
   */
  readonly kind: 'unreachable' | 'limited' | 'refused';
  /** How long to wait before a retry, according to GitHub. Undefined if GitHub does not state it. */
  readonly waitMs: number | undefined;

  constructor(message: string, kind: MemoryError['kind'], {cause, waitMs}: {cause?: unknown; waitMs?: number} = {}) {
    super(message, {cause});
    this.kind = kind;
    this.waitMs = waitMs;
  }
}

export interface GraphQLError {
  readonly type?: string | undefined;
  readonly message: string;
}

/** A response can contain both data and errors. A missing path is null in the data. */
interface GraphQLResponse {
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly GraphQLError[];
}

export interface Calls {
  readonly repository: string;
  graphql(query: string, variables: object, timeoutMs?: number): Promise<GraphQLResponse>;
  /** Posts to a route of the repository. */
  post(route: string, body: object): Promise<unknown>;
  /** The text of a file at a commit, of any size. */
  file(commit: string, path: string): Promise<string>;
}

const FILE_TIMEOUT_MS = 10_000;

const ResponseBody = z.object({
  data: z.nullish(z.record(z.string(), z.unknown())),
  errors: z.optional(z.array(z.object({type: z.optional(z.string()), message: z.string()}))),
});

export function createCalls(settings: MemoryBranchesSettings, fetch: Fetch): Calls {
  const {repository, token, apiUrl, graphqlUrl} = settings;
  const authorization = bearer(token);
  const headers = githubHeaders({authorization});
  const send = (request: JsonRequest) =>
    requestJson(fetch, {...request, headers}).catch(error => {
      throw explained(error, repository);
    });
  return {
    repository,
    async graphql(query, variables, timeoutMs) {
      const request = {method: 'POST', url: graphqlUrl, body: {query, variables}} as const;
      return readResponse(await send(timeoutMs === undefined ? request : {...request, timeoutMs}), graphqlUrl);
    },
    post: (route, body) => send({method: 'POST', url: `${apiUrl}/repos/${repository}/${route}`, body}),
    file(commit, path) {
      const url = `${apiUrl}/repos/${repository}/contents/${path}?ref=${commit}`;
      return readFile(fetch, {
        method: 'GET',
        url,
        authorization,
        accept: RAW_TYPE,
        signal: AbortSignal.timeout(FILE_TIMEOUT_MS),
      }).catch(error => {
        throw explained(error, repository);
      });
    },
  };
}

function readResponse(json: unknown, url: string): GraphQLResponse {
  const {data, errors = []} = ResponseBody.safeParse(json).data ?? {};
  const limit = errors.find(({type, message}) => type === 'RATE_LIMITED' || (data == null && isLimitMessage(message)));
  if (limit) throw limited(limit.message);
  if (data === undefined && errors.length === 0) {
    throw new MemoryError(`The response of ${url} is not from GitHub's GraphQL API. Check the URL.`, 'unreachable');
  }
  return {data: data ?? {}, errors};
}

/**
 * A 404 is a read that lags behind GitHub's own writes, because the branch has just named the commit. So it counts as no answer.
 * @throws {RequestError}
 * @throws {NetworkError}
 */
async function readFile(fetch: Fetch, request: ApiRequest): Promise<string> {
  const {method, url} = request;
  try {
    const {status, headers, text} = await requestText(fetch, request);
    if (status >= 200 && status < 300) return text;
    if (status === 404) throw new Error('GitHub answered 404');
    const details = {method, url, status, body: text, headers: {get: (name: string) => headers[name] ?? null}};
    throw new RequestError(`${method} ${url} was answered ${status}`, details);
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new NetworkError(`${method} ${url} failed: ${messageOf(error)}`, error);
  }
}

/** Adds whether a retry can help, and the solution. */
function explained(error: unknown, repository: string): unknown {
  if (error instanceof NetworkError)
    return new MemoryError(`${error.message}. ${LATER}`, 'unreachable', {cause: error});
  if (!(error instanceof RequestError)) return error;
  const {status, message} = error;
  if (status >= 500)
    return new MemoryError(`GitHub cannot serve the incident memory: ${message}. ${LATER}`, 'unreachable', {
      cause: error,
    });
  const limit = limitOf(responseIn(error));
  return limit === undefined ? refused(repository, message, error) : limited(message, {cause: error, limit});
}

const LATER = 'Run it again later. This is safe.';

function limited(why: string, {cause, limit}: {cause?: RequestError; limit?: Limit} = {}): MemoryError {
  const message = `GitHub limits requests for the incident memory: ${why.replace(/\.$/, '')}. ${LATER} If it happens often, set \`memory-token\` to the token of a GitHub App, which has a separate limit.`;
  return new MemoryError(message, 'limited', {cause, ...(limit?.isStated && {waitMs: limit.waitMs})});
}

/** An error that only a person can fix. */
export function refused(repository: string, why: string, cause?: unknown): MemoryError {
  const advice = [
    `Give the job \`contents: write\` on ${repository}`,
    'or allow port-reactor/memory-* in the ruleset',
    'or set `memory: off`',
  ];
  return new MemoryError(`GitHub refused access to the incident memory: ${why}. ${advice.join(', ')}.`, 'refused', {
    cause,
  });
}

/**
 * The `repository` of a query's response. For a branch without the file, GitHub returns both data and a NOT_FOUND error. So the
 * query has failed only if the response has no repository.
 * @throws {MemoryError}
 */
export async function queryRepository(
  github: Calls,
  query: string,
  timeoutMs?: number,
): Promise<Record<string, unknown>> {
  const [o, n] = github.repository.split('/');
  const {data, errors} = await github.graphql(query, {o, n}, timeoutMs);
  const repository = z.safeParse(z.record(z.string(), z.unknown()), data['repository']);
  if (repository.success) return repository.data;
  throw refused(
    github.repository,
    joinErrors(errors) || 'the repository does not exist, or the token has no access to it',
  );
}

/** The messages of errors as one line. */
export function joinErrors(errors: readonly GraphQLError[]): string {
  return errors.map(({message}) => message.replace(/\.$/, '')).join('. ');
}

/**
 * The parsed response.
 * @throws {MemoryError} if it does not have the documented shape
 */
export function shaped<Schema extends z.ZodMiniType>(schema: Schema, json: unknown): z.output<Schema> {
  const result = z.safeParse(schema, json);
  if (result.success) return result.data;
  throw new MemoryError("GitHub's response about the incident memory has an unexpected format.", 'unreachable', {
    cause: result.error,
  });
}
