/** Gets an installation token of a GitHub App: for one repository, with the least permissions. */
import type {Fetch, Now} from '../../src/base/deps.ts';
import {isObject} from '../../src/base/json.ts';
import {signAppJwt} from '../../src/clients/app-jwt.ts';
import type {AppSettings} from '../config/config.ts';
import {explainAppRefusal} from './app-refusal.ts';
import {NoToken} from './credentials.ts';
import {askGitHub, type Followed, type GitHubAnswer, noAnswer, type RepositoryName} from './github-answer.ts';

export interface IssuedToken {
  /** Several hundred characters of unknown form. */
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Fetches a token. @throws {NoToken} */
export type IssueToken = () => Promise<IssuedToken>;

export interface AppAccess {
  readonly app: AppSettings;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  readonly repository: RepositoryName;
}

export interface InstallationTokenDeps {
  readonly fetch: Fetch;
  readonly now: Now;
}

/** For dispatches and the rules file. https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
const PERMISSIONS = {contents: 'write', metadata: 'read'};

/** For each request. The webhook that waits for the token may give up earlier. */
const TIMEOUT_MS = 10_000;

/** @see https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app */
export function createIssueToken(access: AppAccess, deps: InstallationTokenDeps): IssueToken {
  return async () => {
    const {id, scope} = await findInstallation(access, deps);
    const json = JSON.stringify({...scope, permissions: PERMISSIONS});
    const {answer} = await ask(`/app/installations/${id}/access_tokens`, access, {...deps, json});
    const {token, expires_at: expiresAt} = isObject(answer.body) ? answer.body : {};
    const expiresAtMs = Date.parse(String(expiresAt));
    if (typeof token !== 'string' || token === '' || Number.isNaN(expiresAtMs)) throw notGitHub();
    return {token, expiresAtMs};
  };
}

/** An installation, and the repository that its tokens are for. */
interface Installation {
  readonly id: number;
  readonly scope: {readonly repositories: readonly string[]} | {readonly repository_ids: readonly number[]};
}

/**
 * Looked up for each token, since a reinstalled App has another installation, and a renamed repository another name.
 * @see https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app
 */
async function findInstallation(access: AppAccess, deps: InstallationTokenDeps): Promise<Installation> {
  const {owner, name} = access.repository;
  const {installationId} = access.app;
  try {
    const {answer, url} = await ask(`/repos/${owner}/${name}/installation`, access, deps);
    const id = installationId ?? (isObject(answer.body) ? answer.body['id'] : undefined);
    if (typeof id === 'number') return {id, scope: scopeOf(url, name)};
    throw notGitHub();
  } catch (error) {
    if (installationId === undefined) throw error;
    return {id: installationId, scope: {repositories: [name]}}; // is tried as it is
  }
}

/** @param options with `json`, the request is a POST */
async function ask(
  path: string,
  access: AppAccess,
  {fetch, now, json}: InstallationTokenDeps & {readonly json?: string},
): Promise<Followed> {
  const {app, apiUrl} = access;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const authorization = `bearer ${signAppJwt(app.appId, app.privateKey, now())}`;
  const method = json === undefined ? 'GET' : 'POST';
  const request = {method, url: `${apiUrl}${path}`, authorization, json, signal} as const;
  const followed = await askGitHub(fetch, request).catch(error => {
    const cause = signal.aborted ? new Error(`no answer within ${TIMEOUT_MS / 1000} s`) : error;
    throw noToken(noAnswer(cause, apiUrl));
  });
  const {status = 0} = followed.answer;
  if (status === 200 || status === 201) return followed;
  if (status < 300 || status === 304) throw notGitHub();
  const explanation = explainAppRefusal(followed.answer, {...access, nowMs: now()});
  throw new NoToken({...followed.answer, isApp: true, ...(explanation === undefined ? {} : {explanation})});
}

/** GitHub redirects a renamed repository to `/repositories/<id>/…`. */
function scopeOf(url: string, name: string): Installation['scope'] {
  const [, id] = /\/repositories\/(\d+)\/installation$/.exec(url) ?? [];
  if (id !== undefined) return {repository_ids: [Number(id)]};
  return {repositories: [/\/repos\/[^/]+\/([^/]+)\/installation$/.exec(url)?.[1] ?? name]};
}

/** A failure never has a status that means success or an unchanged file. */
function noToken(answer: Pick<GitHubAnswer, 'message'>): NoToken {
  const message = `no token for the App: ${answer.message}`;
  return new NoToken({status: undefined, headers: {}, body: undefined, isApp: true, message});
}

function notGitHub(): NoToken {
  return noToken({message: "the answer is not from GitHub's API. Check GITHUB_API_URL"});
}
