/** Gets a token of a GitHub App's installation from GitHub: for one repository, and with no more rights than it takes. */
import {type KeyObject, sign} from 'node:crypto';
import {Octokit} from '@octokit/rest';
import type {Now} from '../src/deps.ts';
import {type AppStep, explainAppRefusal} from './app-refusal.ts';
import type {AppSettings} from './config.ts';
import {NoToken} from './credentials.ts';
import {answerOf, type GitHubAnswer, type Repository} from './github-answer.ts';

export interface IssuedToken {
  /** Some hundred characters, with dots in them; nothing else is known of it, nor of use. */
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Fetches a token, once. @throws {NoToken} */
export type IssueToken = () => Promise<IssuedToken>;

export interface AppAccess {
  readonly app: AppSettings;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly repository: Repository;
}

export interface InstallationTokenDeps {
  readonly fetch: typeof globalThis.fetch;
  readonly now: Now;
}

/** What dispatches and the rules file take. https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
const PERMISSIONS = {contents: 'write', metadata: 'read'};

/** Of each of the two requests. Whoever waits for the token may be less patient. */
const TIMEOUT_MS = 10_000;

export function createIssueToken(access: AppAccess, deps: InstallationTokenDeps): IssueToken {
  const {app, repository} = access;
  const request = createAppRequest(access.apiUrl, deps.fetch);
  let found: number | undefined;

  /** New each time: what it keeps goes by the machine's clock. Its hook is not used, as that repeats requests. */
  const createAuth = async () => {
    // Loaded only here, as relays with a token never need it; `eager` keeps the bundle in one file.
    const {createAppAuth} = await import(/* webpackMode: "eager" */ '@octokit/auth-app');
    const createJwt = async () => signJwt(app.appId, app.privateKey, deps.now());
    return createAppAuth({appId: app.appId, createJwt, request, log: {warn() {}}});
  };

  /** @see https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app */
  const findInstallation = async ({token: jwt}: {token: string}) => {
    const {data} = await request('GET /repos/{owner}/{repo}/installation', {
      owner: repository.owner,
      repo: repository.name,
      headers: {authorization: `bearer ${jwt}`},
    });
    if (typeof data?.id !== 'number') throw new Error(NOT_GITHUB);
    return data.id;
  };

  return async () => {
    let step: AppStep = 'find installation';
    try {
      const auth = await createAuth();
      const installationId = app.installationId ?? found ?? (await findInstallation(await auth({type: 'app'})));
      found = installationId;
      step = 'get token';
      const {token, expiresAt} = await auth({
        type: 'installation',
        installationId,
        permissions: PERMISSIONS,
        repositoryNames: [repository.name],
      });
      return readToken(token, expiresAt);
    } catch (error) {
      const answer = answerOf(error);
      if (answer.status === 404) found = undefined; // it may have been installed anew, under another number
      throw new NoToken(explain(answer, step, access, deps.now()));
    }
  };
}

const NOT_GITHUB = "what answers is not GitHub's API; check GITHUB_API_URL";

function readToken(token: unknown, expiresAt: unknown): IssuedToken {
  const expiresAtMs = Date.parse(String(expiresAt));
  if (typeof token !== 'string' || token === '' || Number.isNaN(expiresAtMs)) throw new Error(NOT_GITHUB);
  return {token, expiresAtMs};
}

const silent = {debug() {}, info() {}, warn() {}, error() {}};

/** Octokit's `request` without credentials of its own, each with a time limit, and rejecting also for redirects. */
function createAppRequest(apiUrl: string, fetch: typeof globalThis.fetch): Octokit['request'] {
  const octokit = new Octokit({
    baseUrl: apiUrl,
    userAgent: 'port-reactor',
    log: silent,
    request: {fetch: withTimeout(fetch), log: silent, redirect: 'manual'},
  });
  octokit.hook.after('request', response => {
    if (Number(response.status) > 201) throw Object.assign(new Error(NOT_GITHUB), {response});
  });
  return octokit.request;
}

function withTimeout(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (url, init) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await fetch(url, {...init, signal});
    } catch (error) {
      throw signal.aborted ? new Error(`no answer within ${TIMEOUT_MS / 1000} s`) : error;
    }
  };
}

/** The whole of what is known of a failure. Its status is never one that means success, or that a file is unchanged. */
function explain(answer: GitHubAnswer, step: AppStep, access: AppAccess, nowMs: number): GitHubAnswer {
  const isRefusal = answer.status !== undefined && answer.status >= 300 && answer.status !== 304;
  if (!isRefusal)
    return {...answer, status: undefined, isApp: true, message: `no token for the App: ${answer.message}`};
  const explanation = explainAppRefusal(answer, {...access, step, nowMs});
  return {...answer, isApp: true, ...(explanation === undefined ? {} : {explanation})};
}

/**
 * What an App shows to get its tokens, valid for clocks that are a minute before or some minutes after GitHub's.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
function signJwt(iss: number | string, key: KeyObject, nowMs: number): {jwt: string; expiresAt: string} {
  const nowSeconds = Math.floor(nowMs / 1000);
  const [iat, exp] = [nowSeconds - 60, nowSeconds + 540];
  const text = [
    {alg: 'RS256', typ: 'JWT'},
    {iat, exp, iss},
  ]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('RSA-SHA256', Buffer.from(text), key).toString('base64url');
  return {jwt: `${text}.${signature}`, expiresAt: new Date(exp * 1000).toISOString()};
}
