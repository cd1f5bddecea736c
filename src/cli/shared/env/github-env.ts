/** Parses the repository and the token from the environment. The command line has no other source for them. */
import type {Problem} from '../../../base/errors.ts';
import {readRun} from '../../../base/run.ts';
import {Settings} from '../../../base/settings/settings.ts';
import {type CredentialsSettings, readCredentials} from '../../../clients/github/app/app-settings.ts';
import type {AppAccess} from '../../../clients/github/app/installation-token.ts';
import type {MemoryBranchesSettings} from '../../../clients/memory/calls.ts';
import type {CliWorld} from '../world.ts';

export interface GitHubEnv {
  /** "owner/name" */
  readonly repository: string;
  readonly token: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** The page with the workflow runs of the repository. */
  readonly runsUrl: string;
}

export const DEFAULT_API_URL = 'https://api.github.com';

/** owner/name */
export const REPOSITORY_NAME = /^[\w.-]+\/[\w.-]+$/;

/** {@link GitHubEnv} with credentials instead of a token. */
export interface GitHubEnvAccess extends Omit<GitHubEnv, 'token'> {
  readonly credentials: CredentialsSettings;
}

/** Adds mistakes to `problems`. Missing values are empty in the result. */
export function readGitHubEnv(env: CliWorld['env'], problems: Problem[]): GitHubEnvAccess {
  const repository = readRepositoryName(env, 'the repository with the workflow', problems);
  const settings = new Settings(env);
  const credentials = readCredentials(settings);
  for (const message of settings.problems.values()) problems.push({message});
  const apiUrl = readAddress('GITHUB_API_URL', env['GITHUB_API_URL']?.trim() || DEFAULT_API_URL, problems);
  const {graphqlUrl} = readRun({...env, GITHUB_API_URL: apiUrl});
  return {repository, credentials, apiUrl, graphqlUrl, runsUrl: `${serverOf(env, apiUrl)}/${repository}/actions`};
}

/**
 * "owner/name" of GITHUB_REPOSITORY. Adds mistakes to `problems`.
 * @param what describes the repository in the message
 */
export function readRepositoryName(env: CliWorld['env'], what: string, problems: Problem[]): string {
  const repository = env['GITHUB_REPOSITORY']?.trim() ?? '';
  if (!REPOSITORY_NAME.test(repository)) {
    const mistake = repository === '' ? 'is not set' : 'is not owner/name';
    problems.push({message: `GITHUB_REPOSITORY ${mistake}. Set it to ${what}, for example acme/operations`});
  }
  return repository;
}

/** Help for the variables of a GitHub App. */
export const APP_HELP = `  GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY, GITHUB_APP_INSTALLATION_ID
                                      a GitHub App instead of GITHUB_TOKEN`;

/** The settings of the incident memory in the environment. */
export interface MemoryEnv {
  /** "owner/name". Default: the repository with the workflow. */
  readonly repository?: string | undefined;
  readonly token?: string | undefined;
}

/** Adds mistakes to `problems`. */
export function readMemoryEnv(env: CliWorld['env'], problems: Problem[]): MemoryEnv {
  const repository = env['MEMORY_REPOSITORY']?.trim() || undefined;
  if (repository !== undefined && !REPOSITORY_NAME.test(repository)) {
    problems.push({message: 'MEMORY_REPOSITORY must be owner/name, for example acme/memory'});
  }
  return {repository, token: env['MEMORY_TOKEN']?.trim() || undefined};
}

interface Connecting {
  readonly access: GitHubEnvAccess;
  readonly memory: MemoryEnv;
  /** The permissions of the App's token. */
  readonly scope: AppAccess['scope'];
}

export interface Connected {
  readonly github: GitHubEnv;
  readonly memory: MemoryBranchesSettings;
}

/**
 * The token from the environment, or a token that GitHub issues to the App for each repository, valid for one hour.
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
  const {createIssueToken} = await import(
    /* webpackMode: "eager" */ '../../../clients/github/app/installation-token.ts'
  );
  const [owner = '', name = ''] = repository.split('/');
  const {token} = await createIssueToken({app: credentials, apiUrl, repository: {owner, name}, scope}, world)();
  return token;
}

/** The address without a trailing slash. Adds mistakes to `problems`. */
export function readAddress(name: string, address: string, problems: Problem[]): string {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    problems.push({message: `${name} is not an http or https URL, for example ${EXAMPLES[name] ?? DEFAULT_API_URL}`});
  }
  return address.replace(/\/+$/, '');
}

const EXAMPLES: Readonly<Record<string, string>> = {GITHUB_SERVER_URL: 'https://github.com'};

/**
 * The web address of GitHub. The API of GitHub Enterprise Server is at `https://HOST/api/v3`. The API of Enterprise Cloud with data
 * residency is at `https://api.SUBDOMAIN.ghe.com`.
 */
export function serverOf(env: CliWorld['env'], apiUrl: string): string {
  const [, ofServer] = /^(.+)\/api\/v3$/.exec(apiUrl) ?? [];
  const [, subdomain] = /^https:\/\/api\.([^./]+)\.ghe\.com$/i.exec(apiUrl) ?? [];
  const ofCloud = subdomain === undefined ? 'https://github.com' : `https://${subdomain}.ghe.com`;
  return (env['GITHUB_SERVER_URL']?.trim() || (ofServer ?? ofCloud)).replace(/\/+$/, '');
}
