/**
 * A strict fake of GitHub for one GitHub App, based on https://docs.github.com/en/rest/apps/apps. It finds installations and
 * creates tokens. Set it as `github.app` of a fake GitHub, which then accepts only tokens of the App.
 *
 * - A JWT must be RS256, signed with the key of the App, with its App ID (a number) or client ID as `iss`, issued in the past, and
 *   expire in the next ten minutes. Otherwise it is refused with GitHub's message.
 * - `app.installations` is its state: tests can suspend it and remove repositories and permissions.
 * - `app.nowMs` is the clock of GitHub. `app.tokens` lists the tokens, oldest first. `app.revoke` revokes one.
 */
import {generateKeyPairSync, type KeyObject, verify} from 'node:crypto';
import type {RecordedRequest, Reply} from './http-server.ts';

export const APP_ID = 12_345;
export const CLIENT_ID = 'Iv23liABCdefGHIjklMN';

interface Installation {
  readonly id: number;
  suspended?: boolean;
  /** "owner/name" */
  repositories: string[];
  permissions: Record<string, string>;
}

interface AppToken {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly repositories: readonly string[];
  readonly permissions: Readonly<Record<string, string>>;
}

const LIFE_MS = 3_600_000;

/** Created once, because it takes most of a second. */
let keys: {privateKey: KeyObject; publicKey: KeyObject} | undefined;

export class GitHubApp {
  readonly privateKey: KeyObject;
  readonly tokens: AppToken[] = [];
  installations: Installation[];
  nowMs: number;
  readonly #publicKey: KeyObject;

  /** An App that is installed on acme/operations, with the permissions that the relay needs. */
  constructor(nowMs: number) {
    keys ??= generateKeyPairSync('rsa', {modulusLength: 2048});
    this.privateKey = keys.privateKey;
    this.#publicKey = keys.publicKey;
    this.nowMs = nowMs;
    this.installations = [
      {
        id: 777,
        repositories: ['acme/operations', 'acme/other'],
        permissions: {contents: 'write', metadata: 'read', issues: 'write'},
      },
    ];
  }

  /** The private key, in the form in which GitHub creates it. */
  get pem(): string {
    return String(this.privateKey.export({type: 'pkcs1', format: 'pem'}));
  }

  revoke(token: string): void {
    const index = this.tokens.findIndex(made => made.token === token);
    this.tokens.splice(index, 1);
  }

  /** The reply to a request of the App, or to a request that its token does not permit. Undefined for other requests. */
  answer(request: RecordedRequest, path: string): Reply | undefined {
    const [, owner, name] = /^\/repos\/([^/]+)\/([^/]+)\/installation$/.exec(path) ?? [];
    if (owner !== undefined) return this.#refuseJwt(request) ?? this.#find(`${owner}/${name}`);
    const [, id] = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(path) ?? [];
    if (id !== undefined) return this.#refuseJwt(request) ?? this.#makeToken(Number(id), request);
    return this.#refuseToken(request, path);
  }

  /** Compares the times of the JWT with GitHub's clock, which the header `date` reports. */
  #refuseJwt({headers}: RecordedRequest): Reply | undefined {
    const [, jwt = ''] = /^bearer (\S+)$/i.exec(headers['authorization'] ?? '') ?? [];
    const [header = '', payload = '', signature = ''] = jwt.split('.');
    const {alg, typ} = decode(header);
    const {iss, iat, exp} = decode(payload);
    const nowSeconds = this.nowMs / 1000;
    const isNumber = Number.isInteger(iat) && Number.isInteger(exp);
    if (iss !== APP_ID && iss !== CLIENT_ID) return this.#refusal(404, 'Integration not found');
    const signed = verify(
      'RSA-SHA256',
      Buffer.from(`${header}.${payload}`),
      this.#publicKey,
      Buffer.from(signature, 'base64url'),
    );
    if (alg !== 'RS256' || typ !== 'JWT' || !isNumber || !signed) {
      return this.#refusal(401, 'A JSON web token could not be decoded');
    }
    if (Number(iat) > nowSeconds) return this.#refusal(401, IAT);
    if (Number(exp) <= nowSeconds) return this.#refusal(401, EXP_PAST);
    return Number(exp) > nowSeconds + 600 ? this.#refusal(401, EXP_FAR) : undefined;
  }

  #find(repository: string): Reply {
    const found = this.installations.find(({repositories}) => repositories.includes(repository));
    if (found === undefined) return this.#refusal(404, 'Not Found');
    return {status: 200, body: {id: found.id, app_id: APP_ID, permissions: found.permissions}};
  }

  #makeToken(id: number, {json}: RecordedRequest): Reply {
    const found = this.installations.find(installation => installation.id === id);
    if (found === undefined) return this.#refusal(404, 'Not Found');
    if (found.suspended) return this.#refusal(403, 'This installation has been suspended');
    const {permissions = found.permissions, repositories: names} = (json ?? {}) as Partial<AppToken>;
    const requested = Object.entries(permissions);
    const repositories = names?.map(name => `${found.repositories[0]?.split('/')[0]}/${name}`) ?? found.repositories;
    if (!repositories.every(repository => found.repositories.includes(repository)))
      return this.#refusal(422, NO_REPOSITORY);
    const isGranted = ([name, level]: [string, string]) => [level, 'write'].includes(found.permissions[name] ?? '');
    if (!requested.every(isGranted)) return this.#refusal(422, NO_PERMISSION);
    const made = {token: this.#newToken(), expiresAtMs: this.nowMs + LIFE_MS, repositories, permissions};
    this.tokens.push(made);
    const expires_at = new Date(made.expiresAtMs).toISOString().replace('.000', '');
    return {status: 201, body: {token: made.token, expires_at, permissions, repository_selection: 'selected'}};
  }

  /** Since April 2026: `ghs_<app>_<JWT>`, about 520 characters. These are longer. */
  #newToken(): string {
    const part = (text: string) => Buffer.from(text).toString('base64url');
    const payload = part(JSON.stringify({n: this.tokens.length, at: this.nowMs, for: 'x'.repeat(300)}));
    return `ghs_${APP_ID}_${part('{"alg":"RS256"}')}.${payload}.${part(`signature ${Math.random()}`.padEnd(120, '-'))}`;
  }

  #refuseToken({method, headers}: RecordedRequest, path: string): Reply | undefined {
    const [, token] = /^(?:bearer|token) (\S+)$/i.exec(headers['authorization'] ?? '') ?? [];
    const made = this.tokens.find(one => one.token === token && one.expiresAtMs > this.nowMs);
    if (made === undefined) return this.#refusal(401, 'Bad credentials');
    const [, repository = ''] = /^\/repos\/([^/]+\/[^/]+)/.exec(path) ?? [];
    if (!made.repositories.includes(repository)) return this.#refusal(404, 'Not Found');
    const isAllowed = method === 'GET' || made.permissions['contents'] === 'write';
    return isAllowed ? undefined : this.#refusal(403, 'Resource not accessible by integration');
  }

  #refusal(status: number, message: string): Reply {
    const headers = {date: new Date(this.nowMs).toUTCString()};
    return {status, headers, body: {message, documentation_url: 'https://docs.github.com/rest'}};
  }
}

const IAT = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
const EXP_FAR = "'Expiration time' claim ('exp') is too far in the future";
const EXP_PAST =
  "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
const NO_PERMISSION = 'The permissions requested are not granted to this installation.';
const NO_REPOSITORY =
  'There is at least one repository that does not exist or is not accessible to the parent installation.';

function decode(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return {};
  }
}
