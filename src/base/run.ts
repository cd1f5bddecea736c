/** Parse: the environment that the runner sets → which run this is, and where its files are. */
import {join} from 'node:path';

/** What the stages need to know of this workflow run. */
export interface Run {
  /** Address of the run's page. */
  readonly url: string;
  readonly workspace: string;
  /** A folder that lives as long as the job. */
  readonly tempDir: string;
  /** Undefined outside GitHub Actions. */
  readonly id: string | undefined;
  /** Counts from 1. A re-run has the same id and the next attempt. */
  readonly attempt: number;
  /** This attempt of the run: "123/1". */
  readonly name: string;
  /** "owner/name" */
  readonly repository: string;
  /** The commit that the workflow runs at. */
  readonly sha: string;
  /** Of GitHub's API, without a slash at the end. */
  readonly apiUrl: string;
  /** Of GitHub's GraphQL API. */
  readonly graphqlUrl: string;
  /** What started the run: `repository_dispatch`. */
  readonly eventName: string;
  /** The file with the event that started the run. */
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
