/** Parse: the runner's environment variables → the workflow run and the locations of its files. */
import {join} from 'node:path';

/** What the stages need to know about the current workflow run. */
export interface Run {
  /** URL of the page of the run. */
  readonly url: string;
  readonly workspace: string;
  /** A folder that exists until the end of the job. */
  readonly tempDir: string;
  /** Undefined outside GitHub Actions. */
  readonly id: string | undefined;
  /** Counts from 1. A re-run has the same id and the next attempt. */
  readonly attempt: number;
  /** This attempt of the run: "123/1". */
  readonly name: string;
  /** "owner/name" */
  readonly repository: string;
  /** The commit that the workflow runs on. */
  readonly sha: string;
  /** URL of GitHub's API, without a trailing slash. */
  readonly apiUrl: string;
  /** URL of GitHub's GraphQL API. */
  readonly graphqlUrl: string;
  /** The event that triggered the run, for example `repository_dispatch`. */
  readonly eventName: string;
  /** The file that contains the event that triggered the run. */
  readonly eventPath: string | undefined;
  readonly hasSummary: boolean;
}

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables */
export function readRun(env: Readonly<Record<string, string | undefined>>): Run {
  const server = env['GITHUB_SERVER_URL'] || 'https://github.com';
  const apiUrl = (env['GITHUB_API_URL'] || 'https://api.github.com').replace(/\/+$/, '');
  const [id, attempt] = [env['GITHUB_RUN_ID'] || undefined, env['GITHUB_RUN_ATTEMPT'] || '1'];
  return {
    id,
    attempt: Number(attempt),
    name: `${id ?? '0'}/${attempt}`,
    url: `${server}/${env['GITHUB_REPOSITORY'] ?? ''}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}`,
    repository: env['GITHUB_REPOSITORY'] ?? '',
    sha: env['GITHUB_SHA'] ?? '',
    apiUrl,
    graphqlUrl: env['GITHUB_GRAPHQL_URL'] || graphqlUrlFor(apiUrl),
    eventName: env['GITHUB_EVENT_NAME'] ?? '',
    workspace: env['GITHUB_WORKSPACE'] || process.cwd(),
    tempDir: join(env['RUNNER_TEMP'] || env['TMPDIR'] || '/tmp', 'port-reactor'),
    eventPath: env['GITHUB_EVENT_PATH'] || undefined,
    hasSummary: Boolean(env['GITHUB_STEP_SUMMARY']),
  };
}

/** GitHub Enterprise Server has `/api/v3` and `/api/graphql`. */
function graphqlUrlFor(apiUrl: string): string {
  return `${apiUrl.replace(/\/v3\/?$/, '')}/graphql`;
}
