/** Requests an installation token of a GitHub App for one repository, with the fewest permissions. */
import type {Fetch, Now} from '../../../base/deps.ts';
import {isObject} from '../../../base/json.ts';
import {createGitHub, type GitHubRequest} from '../client.ts';
import {type IssueToken, NoToken} from '../credentials.ts';
import type {GitHubResponse, RepositoryName} from '../response.ts';
import {signAppJwt} from './app-jwt.ts';
import {explainAppRefusal} from './app-refusal.ts';
import type {AppSettings} from './app-settings.ts';

export interface AppAccess {
  readonly app: AppSettings;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  readonly repository: RepositoryName;
  /**
   * `dispatch` (default): permissions for dispatches, files and the incident memory. `all`: every permission of the
   * installation.
   */
  readonly scope?: 'dispatch' | 'all' | undefined;
}

export interface InstallationTokenDeps {
  readonly fetch: Fetch;
  readonly now: Now;
}

/** For dispatches, the rules file and the memory. https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
const PERMISSIONS = {contents: 'write', metadata: 'read'};

/** The time limit of each request. The webhook that waits for the token can time out earlier. */
const TIMEOUT_MS = 10_000;

/** @see https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app */
export function createIssueToken(access: AppAccess, deps: InstallationTokenDeps): IssueToken {
  const send = createSend(access, deps);
  return async () => {
    const {id, scope} = await findInstallation(access, send);
    const permissions = access.scope === 'all' ? {} : {permissions: PERMISSIONS};
    const json = JSON.stringify({...scope, ...permissions});
    const {body} = await send({method: 'POST', path: `/app/installations/${id}/access_tokens`, json});
    const {token, expires_at: expiresAt} = isObject(body) ? body : {};
    const expiresAtMs = Date.parse(String(expiresAt));
    if (typeof token !== 'string' || token === '' || Number.isNaN(expiresAtMs)) throw noToken(NOT_GITHUB);
    return {token, expiresAtMs};
  };
}

/**
 * Sends a request as the App itself.
 * @throws {NoToken} if the response is not a success. Its status is never 304
 */
type Send = (request: Omit<GitHubRequest, 'timeoutMs'>) => Promise<GitHubResponse>;

function createSend(access: AppAccess, {fetch, now}: InstallationTokenDeps): Send {
  const {app, apiUrl} = access;
  const token = async () => signAppJwt(app.appId, app.privateKey, now());
  const github = createGitHub({apiUrl, credentials: {isApp: true, isJwt: true, token, refused: () => false}}, fetch);
  return async request => {
    const response = await github({...request, timeoutMs: TIMEOUT_MS});
    const {status, message} = response;
    if (status === 200 || status === 201) return response;
    if (status === undefined) throw noToken(message);
    if (status < 300 || status === 304) throw noToken(NOT_GITHUB);
    const explanation = explainAppRefusal(response, {...access, nowMs: now()});
    throw new NoToken({...response, ...(explanation === undefined ? {} : {explanation})});
  };
}

const NOT_GITHUB = "the response is not from GitHub's API. Check GITHUB_API_URL";

function noToken(reason: string): NoToken {
  const message = `no token for the App: ${reason}`;
  return new NoToken({status: undefined, headers: {}, body: undefined, isApp: true, message});
}

/** An installation, and the repository that its tokens are restricted to. */
interface Installation {
  readonly id: number;
  readonly scope: {readonly repositories: readonly string[]} | {readonly repository_ids: readonly number[]};
}

/**
 * Looked up for each token, because a reinstalled App has another installation, and a renamed repository another name.
 * @see https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app
 */
async function findInstallation({app, repository}: AppAccess, send: Send): Promise<Installation> {
  const {owner, name} = repository;
  const {installationId} = app;
  try {
    const {body, url = ''} = await send({method: 'GET', path: `/repos/${owner}/${name}/installation`});
    const id = installationId ?? (isObject(body) ? body['id'] : undefined);
    if (typeof id === 'number') return {id, scope: scopeOf(url, name)};
    throw noToken(NOT_GITHUB);
  } catch (error) {
    if (installationId === undefined) throw error;
    return {id: installationId, scope: {repositories: [name]}}; // the installation ID is used without a lookup
  }
}

/** GitHub redirects a renamed repository to `/repositories/<id>/…`. */
function scopeOf(url: string, name: string): Installation['scope'] {
  const [, id] = /\/repositories\/(\d+)\/installation$/.exec(url) ?? [];
  if (id !== undefined) return {repository_ids: [Number(id)]};
  return {repositories: [/\/repos\/[^/]+\/([^/]+)\/installation$/.exec(url)?.[1] ?? name]};
}
