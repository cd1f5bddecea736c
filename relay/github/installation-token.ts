/** Gets an installation token of a GitHub App: for one repository, with the least permissions. */
import {type KeyObject, sign} from 'node:crypto';
import {isDeepStrictEqual} from 'node:util';
import type {Fetch, Now} from '../../src/base/deps.ts';
import {isObject} from '../../src/base/json.ts';
import type {AppSettings} from '../config/config.ts';
import {type AppStep, explainAppRefusal} from './app-refusal.ts';
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

/** An installation, and the repository that its tokens are for. */
interface Installation {
  readonly id: number;
  readonly scope: {readonly repositories: readonly string[]} | {readonly repository_ids: readonly number[]};
}

/** For dispatches and the rules file. https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
const PERMISSIONS = {contents: 'write', metadata: 'read'};

/** For each request. The webhook that waits for the token may give up earlier. */
const TIMEOUT_MS = 10_000;

export function createIssueToken(access: AppAccess, deps: InstallationTokenDeps): IssueToken {
  const issuer = new TokenIssuer(access, deps);
  return () => issuer.issue();
}

class TokenIssuer {
  readonly #access: AppAccess;
  readonly #deps: InstallationTokenDeps;
  #known: Installation | undefined;

  constructor(access: AppAccess, deps: InstallationTokenDeps) {
    const {app, repository} = access;
    this.#access = access;
    this.#deps = deps;
    const scope = {repositories: [repository.name]};
    if (app.installationId !== undefined) this.#known = {id: app.installationId, scope};
  }

  /** A reinstalled App has another installation, and a renamed repository another name. Both are looked up again. */
  async issue(): Promise<IssuedToken> {
    const known = this.#known;
    if (known === undefined) return this.#make(await this.#find());
    try {
      return await this.#make(known);
    } catch (error) {
      const found = await this.#findAfter(error);
      if (found === undefined) throw error;
      return this.#make(found);
    }
  }

  /** Undefined if a look-up does not help. */
  async #findAfter(error: unknown): Promise<Installation | undefined> {
    const status = error instanceof NoToken ? error.answer.status : undefined;
    if (status === 404 && this.#access.app.installationId === undefined) return this.#find();
    if (status !== 422) return undefined;
    const found = await this.#find().catch(() => undefined);
    return isDeepStrictEqual(found?.scope, this.#known?.scope) ? undefined : found;
  }

  /** @see https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app */
  async #find(): Promise<Installation> {
    const {owner, name} = this.#access.repository;
    const followed = await this.#ask('find installation', `/repos/${owner}/${name}/installation`);
    const {body} = followed.answer;
    const id = isObject(body) ? body['id'] : undefined;
    if (typeof id !== 'number') throw notGitHub();
    return {id, scope: scopeOf(followed.url, name)};
  }

  /** @see https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app */
  async #make(installation: Installation): Promise<IssuedToken> {
    const {id, scope} = installation;
    const json = JSON.stringify({...scope, permissions: PERMISSIONS});
    const {answer} = await this.#ask('get token', `/app/installations/${id}/access_tokens`, json);
    const {token, expires_at: expiresAt} = isObject(answer.body) ? answer.body : {};
    const expiresAtMs = Date.parse(String(expiresAt));
    if (typeof token !== 'string' || token === '' || Number.isNaN(expiresAtMs)) throw notGitHub();
    this.#known = installation;
    return {token, expiresAtMs};
  }

  async #ask(step: AppStep, path: string, json?: string): Promise<Followed> {
    const {app, apiUrl} = this.#access;
    const {fetch, now} = this.#deps;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const authorization = `bearer ${signJwt(app.appId, app.privateKey, now())}`;
    const method = json === undefined ? 'GET' : 'POST';
    const followed = await askGitHub(fetch, {method, url: `${apiUrl}${path}`, authorization, json, signal}).catch(
      error => {
        const cause = signal.aborted ? new Error(`no answer within ${TIMEOUT_MS / 1000} s`) : error;
        throw noToken(noAnswer(cause, apiUrl));
      },
    );
    const {status = 0} = followed.answer;
    if (status === 200 || status === 201) return followed;
    if (status < 300 || status === 304) throw notGitHub();
    const explanation = explainAppRefusal(followed.answer, {...this.#access, step, nowMs: now()});
    throw new NoToken({...followed.answer, isApp: true, ...(explanation === undefined ? {} : {explanation})});
  }
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

/**
 * The App's own credential. Valid if this clock is up to a minute ahead of GitHub's or some minutes behind.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
function signJwt(iss: number | string, key: KeyObject, nowMs: number): string {
  const nowSeconds = Math.floor(nowMs / 1000);
  const [iat, exp] = [nowSeconds - 60, nowSeconds + 540];
  const text = [
    {alg: 'RS256', typ: 'JWT'},
    {iat, exp, iss},
  ]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('RSA-SHA256', Buffer.from(text), key).toString('base64url');
  return `${text}.${signature}`;
}
