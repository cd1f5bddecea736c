/** What GitHub answers, as a value, and how Octokit's errors become one. */
import {messageOf} from '../src/errors.ts';
import {clip, oneLine} from '../src/text.ts';

/** `owner/name`, taken apart. */
export interface Repository {
  readonly owner: string;
  readonly name: string;
}

/** What GitHub answered, or undefined as `status` where no answer came. Header names are in lower case. */
export interface GitHubAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  /** GitHub's own words, or why there are none; one line. */
  readonly message: string;
  /** Whether a GitHub App asked. Where it is answered 401, the next request is made with another token. */
  readonly isApp?: boolean;
  /** What the refusal means and what to do, where more is known than status and message tell. */
  readonly explanation?: string;
}

/** Octokit rejects for every status from 400 and for 304, with the answer; without one, where none came. */
export function answerOf(error: unknown, timeout?: string): GitHubAnswer {
  const response = (error as {response?: {status: number; headers: GitHubAnswer['headers']; data: unknown}}).response;
  if (response === undefined) {
    // Octokit wraps what fetch rejected with, and drops the code, all that some failures tell.
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return {status: undefined, headers: {}, body: undefined, message: timeout ?? oneLine(messageOf(cause))};
  }
  const {status, headers, data} = response;
  return {status, headers, body: data, message: clip(oneLine(messageOf(error)), 300)};
}
