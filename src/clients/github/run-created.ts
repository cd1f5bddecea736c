/** When GitHub created this workflow run. The event does not contain this time, so it takes one request. */
import type {Fetch} from '../../base/deps.ts';
import {messageOf, NoResponse, RequestError} from '../../base/errors.ts';
import {requestJson} from '../../base/http/request-json.ts';
import {isObject} from '../../base/json.ts';
import type {Run} from '../../base/run.ts';
import {clip, oneLine} from '../../base/text/show.ts';
import {bearer, githubHeaders} from './headers.ts';
import {isRateLimit} from './limit.ts';
import {describeResponse, responseIn} from './response.ts';

export type RunCreated =
  | {
      /** ISO 8601, whole seconds. A re-run does not change it. */
      readonly created: string;
      /** When this attempt was started, if it is a re-run. */
      readonly rerun?: string;
    }
  | {
      /** Why the time is unknown, and what to do, as a phrase after "because". */
      readonly unknown: string;
    };

interface RunCreatedQuery {
  readonly run: Pick<Run, 'id' | 'attempt' | 'repository' | 'apiUrl'>;
  /** Needs `actions: read` in a private repository. */
  readonly token: string | undefined;
  readonly timeoutMs?: number;
}

/** The reports about a run wait for the response. The reactions do not. */
const TIMEOUT_MS = 2_000;

/**
 * Sends one request. Never rejects.
 * @see https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run `run_started_at` resets on a re-run
 */
export async function readRunCreated(query: RunCreatedQuery, fetch: Fetch): Promise<RunCreated> {
  const {run, token, timeoutMs = TIMEOUT_MS} = query;
  if (token === undefined) return {unknown: 'the input `github-token` is empty'};
  if (run.id === undefined) return {unknown: 'GITHUB_RUN_ID is not set'};
  const url = `${run.apiUrl}/repos/${run.repository}/actions/runs/${run.id}`;
  const headers = githubHeaders({authorization: bearer(token)});
  try {
    return timesIn(await requestJson(fetch, {method: 'GET', url, headers, timeoutMs}), run.attempt);
  } catch (error) {
    return {unknown: reasonOf(error, timeoutMs)};
  }
}

function timesIn(response: unknown, attempt: number): RunCreated {
  const {created_at: createdAt, run_started_at: startedAt} = isObject(response) ? response : {};
  const [created, started] = [timeIn(createdAt), timeIn(startedAt)];
  if (created === undefined) return {unknown: "GitHub's response has no `created_at`"};
  return attempt > 1 && started !== undefined ? {created, rerun: started} : {created};
}

function timeIn(value: unknown): string | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof NoResponse) return `GitHub did not answer within ${timeoutMs / 1000} s`;
  if (!(error instanceof RequestError)) return `GitHub could not be reached: ${clip(oneLine(messageOf(error)), 200)}`;
  const response = responseIn(error);
  // GitHub returns 404 for resources that the token cannot read.
  const isRefused = (error.status === 403 && !isRateLimit(response)) || error.status === 404;
  return `${describeResponse(response)}${isRefused ? '. Give the job `actions: read`' : ''}`;
}
