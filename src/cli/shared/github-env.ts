/** Parse: the repository and the token from the environment, the only place that the command line takes them from. */
import type {Problem} from '../../base/errors.ts';
import {readRun} from '../../base/run.ts';
import type {MemoryBranchesSettings} from '../../clients/memory/calls.ts';
import type {CliWorld} from './world.ts';

export interface GitHubEnv {
  /** "owner/name" */
  readonly repository: string;
  readonly token: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** The page of the repository's workflow runs. */
  readonly runsUrl: string;
}

export const DEFAULT_API_URL = 'https://api.github.com';

/** owner/name */
export const NAME = /^[\w.-]+\/[\w.-]+$/;

/** What is missing is added to `problems`, and stands as empty text in the result. */
export function readGitHubEnv(env: CliWorld['env'], problems: Problem[]): GitHubEnv {
  const repository = env['GITHUB_REPOSITORY']?.trim() ?? '';
  const token = env['GITHUB_TOKEN']?.trim() ?? '';
  if (!NAME.test(repository)) {
    problems.push({message: 'GITHUB_REPOSITORY is not set to the repository with the workflow, as owner/name'});
  }
  if (token === '') {
    problems.push({message: 'GITHUB_TOKEN is not set in the environment. It needs Contents: write on the repository'});
  }
  const apiUrl = readAddress('GITHUB_API_URL', env['GITHUB_API_URL']?.trim() || DEFAULT_API_URL, problems);
  const {graphqlUrl} = readRun({...env, GITHUB_API_URL: apiUrl});
  return {repository, token, apiUrl, graphqlUrl, runsUrl: `${serverOf(env, apiUrl)}/${repository}/actions`};
}

/** Where the incident memory is. What is wrong is added to `problems`. */
export function memorySettings(
  env: CliWorld['env'],
  {token, repository, apiUrl, graphqlUrl}: GitHubEnv,
  problems: Problem[],
): MemoryBranchesSettings {
  const other = env['MEMORY_REPOSITORY']?.trim() || repository;
  if (other !== '' && !NAME.test(other)) problems.push({message: 'MEMORY_REPOSITORY is not owner/name'});
  return {repository: other, token: env['MEMORY_TOKEN']?.trim() || token, apiUrl, graphqlUrl};
}

/** The address without a slash at the end. What is wrong is added to `problems`. */
export function readAddress(name: string, address: string, problems: Problem[]): string {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    problems.push({message: `${name} is not an http or https URL, as ${EXAMPLES[name] ?? DEFAULT_API_URL}`});
  }
  return address.replace(/\/+$/, '');
}

const EXAMPLES: Readonly<Record<string, string>> = {GITHUB_SERVER_URL: 'https://github.com'};

/**
 * The address of GitHub's pages. GitHub Enterprise Server has its API at `https://HOST/api/v3`, and Enterprise Cloud with data
 * residency at `https://api.SUBDOMAIN.ghe.com`.
 */
export function serverOf(env: CliWorld['env'], apiUrl: string): string {
  const [, ofServer] = /^(.+)\/api\/v3$/.exec(apiUrl) ?? [];
  const [, subdomain] = /^https:\/\/api\.([^./]+)\.ghe\.com$/i.exec(apiUrl) ?? [];
  const ofCloud = subdomain === undefined ? 'https://github.com' : `https://${subdomain}.ghe.com`;
  return (env['GITHUB_SERVER_URL']?.trim() || (ofServer ?? ofCloud)).replace(/\/+$/, '');
}
