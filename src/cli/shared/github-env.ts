/** Parse: the repository and the token from the environment, the only place that the command line takes them from. */
import type {Problem} from '../../base/errors.ts';
import {readRun} from '../../base/run.ts';
import {Settings} from '../../base/settings.ts';
import {type CredentialsSettings, readCredentials} from '../../clients/github/app/app-settings.ts';
import type {AppAccess} from '../../clients/github/app/installation-token.ts';
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
export const REPOSITORY_NAME = /^[\w.-]+\/[\w.-]+$/;

/** {@link GitHubEnv}, and what its token comes from. */
export interface GitHubEnvAccess extends Omit<GitHubEnv, 'token'> {
  readonly credentials: CredentialsSettings;
}

/** What is missing is added to `problems`, and stands as empty text in the result. */
export function readGitHubEnv(env: CliWorld['env'], problems: Problem[]): GitHubEnvAccess {
  const repository = env['GITHUB_REPOSITORY']?.trim() ?? '';
  if (!REPOSITORY_NAME.test(repository)) {
    problems.push({message: 'GITHUB_REPOSITORY is not set to the repository with the workflow, as owner/name'});
  }
  const settings = new Settings(env);
  const credentials = readCredentials(settings);
  for (const message of settings.problems.values()) problems.push({message});
  const apiUrl = readAddress('GITHUB_API_URL', env['GITHUB_API_URL']?.trim() || DEFAULT_API_URL, problems);
  const {graphqlUrl} = readRun({...env, GITHUB_API_URL: apiUrl});
  return {repository, credentials, apiUrl, graphqlUrl, runsUrl: `${serverOf(env, apiUrl)}/${repository}/actions`};
}

/** Help for the variables of a GitHub App. */
export const APP_HELP = `  GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY, GITHUB_APP_INSTALLATION_ID
                                      a GitHub App instead of GITHUB_TOKEN, as for the relay`;

/** What the environment says of the incident memory. */
export interface MemoryEnv {
  /** "owner/name". Undefined: the one with the workflow. */
  readonly repository?: string | undefined;
  readonly token?: string | undefined;
}

/** What is wrong is added to `problems`. */
export function readMemoryEnv(env: CliWorld['env'], problems: Problem[]): MemoryEnv {
  const repository = env['MEMORY_REPOSITORY']?.trim() || undefined;
  if (repository !== undefined && !REPOSITORY_NAME.test(repository)) {
    problems.push({message: 'MEMORY_REPOSITORY is not owner/name'});
  }
  return {repository, token: env['MEMORY_TOKEN']?.trim() || undefined};
}

interface Connecting {
  readonly access: GitHubEnvAccess;
  readonly memory: MemoryEnv;
  /** What a token of the App may do. */
  readonly scope: AppAccess['scope'];
}

export interface Connected {
  readonly github: GitHubEnv;
  readonly memory: MemoryBranchesSettings;
}

/**
 * The tokens of the environment, or those that GitHub issues to the App: one for each repository, valid for an hour.
 * @throws {NoToken} if GitHub issues no token
 */
export async function connect({access, memory, scope}: Connecting, world: IssueWorld): Promise<Connected> {
  const {credentials: _, ...rest} = access;
  const issue = (repository: string) => issueToken({...access, repository}, scope, world);
  const token = await issue(rest.repository);
  const {repository = rest.repository} = memory;
  const ofMemory = memory.token ?? (repository === rest.repository ? token : await issue(repository));
  const {apiUrl, graphqlUrl} = rest;
  return {github: {...rest, token}, memory: {repository, token: ofMemory, apiUrl, graphqlUrl}};
}

type IssueWorld = Pick<CliWorld, 'fetch' | 'now'>;

async function issueToken(access: GitHubEnvAccess, scope: AppAccess['scope'], world: IssueWorld): Promise<string> {
  const {credentials, repository, apiUrl} = access;
  if (credentials.kind === 'token') return credentials.token;
  const {createIssueToken} = await import(/* webpackMode: "eager" */ '../../clients/github/app/installation-token.ts');
  const [owner = '', name = ''] = repository.split('/');
  const {token} = await createIssueToken({app: credentials, apiUrl, repository: {owner, name}, scope}, world)();
  return token;
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
