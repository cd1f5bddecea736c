/** Parse: environment variables → the relay's settings, or every problem with them at once (design §5). */
import type {KeyObject} from 'node:crypto';
import {ConfigError, type Problem} from '../../src/base/errors.ts';
import {defaultOf} from '../../src/base/relay-variables.ts';
import {showValue} from '../../src/base/text.ts';
import type {RepositoryName} from '../github/github.ts';
import {LOG_LEVELS, type LogLevel} from '../observe/log.ts';
import {disguisedValues} from './disguised-values.ts';
import {PACE_VARIABLES, paceProblem} from './pace.ts';
import {parsePrivateKey} from './private-key.ts';
import {SettingError} from './setting-error.ts';

/** How the relay authenticates to GitHub. */
type CredentialsSettings = {readonly kind: 'token'; readonly token: string} | ({readonly kind: 'app'} & AppSettings);

/** A GitHub App, with the values of its settings page. */
export interface AppSettings {
  /** The App ID, or the client ID, which starts with `Iv`. */
  readonly appId: number | string;
  readonly privateKey: KeyObject;
  /** If undefined, it is looked up by the repository. */
  readonly installationId: number | undefined;
}

/** The location of the rules that decide which changes go on. */
export type RulesLocation =
  /** A path in the repository, read through GitHub's API. */
  | {readonly kind: 'repository'; readonly path: string}
  /** A path on this machine. */
  | {readonly kind: 'file'; readonly path: string}
  /** Every change goes on. */
  | {readonly kind: 'none'};

export interface RelayConfig {
  /** 0 means any free port. */
  readonly port: number;
  readonly host: string;
  /** The secrets that Port may sign with. At least one. */
  readonly secrets: readonly string[];
  readonly repository: RepositoryName;
  readonly credentials: CredentialsSettings;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  readonly eventType: string;
  readonly rules: RulesLocation;
  /** The same number in every copy of the relay. */
  readonly partitions: number;
  /** Of this copy of the relay. */
  readonly dispatchesPerMinute: number;
  readonly ackTimeoutMs: number;
  readonly toleranceSeconds: number;
  readonly maxBodyBytes: number;
  /** If set, the Port runs of ignored changes are closed. `secrets` holds the client's secret. */
  readonly portClientId: string | undefined;
  /** Without a trailing slash. */
  readonly portApiUrl: string;
  /** The smee channel to subscribe to. */
  readonly proxyUrl: string | undefined;
  readonly logLevel: LogLevel;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** @throws {ConfigError} with every problem. No message quotes a secret. */
export function readConfig(env: Env): RelayConfig {
  const settings = new Settings(env);
  const config: RelayConfig = {
    port: settings.read('PORT', numberIn(0, 65_535)),
    host: settings.read('HOST', text),
    secrets: settings.require('PORT_CLIENT_SECRET', secretList, 'the client secret of your Port organization'),
    repository: settings.require('GITHUB_REPOSITORY', repository, 'owner/name of the repository to dispatch to'),
    credentials: readCredentials(settings),
    apiUrl: settings.read('GITHUB_API_URL', address),
    eventType: settings.read('REACTOR_EVENT_TYPE', eventType),
    rules: settings.read('REACTOR_RULES', rulesLocation),
    partitions: settings.read('REACTOR_PARTITIONS', numberIn(1, 8)),
    dispatchesPerMinute: settings.read('REACTOR_MAX_DISPATCHES_PER_MINUTE', numberIn(1, 10_000)),
    ackTimeoutMs: settings.read('REACTOR_ACK_TIMEOUT_SECONDS', secondsIn(0.1, 60)) * 1000,
    toleranceSeconds: settings.read('REACTOR_SIGNATURE_TOLERANCE_SECONDS', numberIn(1, 86_400)),
    maxBodyBytes: settings.read('REACTOR_MAX_BODY_BYTES', numberIn(1, 100 * 1024 * 1024)),
    portClientId: settings.readOptional('PORT_CLIENT_ID', text),
    portApiUrl: settings.read('PORT_API_URL', address),
    proxyUrl: settings.readOptional('WEBHOOK_PROXY_URL', address),
    logLevel: settings.read('LOG_LEVEL', logLevel),
  };
  const problem = settings.hasProblemWith(PACE_VARIABLES) ? undefined : paceProblem(config);
  if (problem !== undefined) settings.add(problem);
  for (const name of PROXIES) settings.readOptional(name, proxy);
  settings.throwProblems();
  return config;
}

/** @throws {SettingError} */
type Parse<T> = (value: string) => T;

/** Reads variables one by one, and collects the problems until the end. */
class Settings {
  readonly #env: Env;
  readonly #problems: Problem[] = [];
  /** Their values are not checked further. */
  readonly #disguised: ReadonlySet<string>;

  constructor(env: Env) {
    this.#env = env;
    const mistakes = disguisedValues(env);
    this.#disguised = new Set(mistakes.keys());
    for (const message of mistakes.values()) this.add(message);
  }

  /** The value, or the default that src/base/relay-variables.ts gives. */
  read<T>(name: string, parse: Parse<T>): T {
    return this.readOptional(name, parse) ?? parse(defaultOf(name) ?? '');
  }

  /** Unset and empty are the same: compose files and charts pass on unset variables as empty ones. */
  readOptional<T>(name: string, parse: Parse<T>): T | undefined {
    const value = this.#env[name]?.trim() ?? '';
    if (value === '' || this.#disguised.has(name)) return undefined;
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      this.add(`${name} ${error.message}`);
      return undefined;
    }
  }

  require<T>(name: string, parse: Parse<T>, what: string): T {
    const before = this.#problems.length;
    const value = this.readOptional(name, parse);
    if (value === undefined && this.#problems.length === before && !this.#disguised.has(name))
      this.add(`${name} is missing: set it to ${what}`);
    return value as T; // if it is undefined, throwProblems throws
  }

  has(name: string): boolean {
    return (this.#env[name]?.trim() ?? '') !== '';
  }

  /** Whether one of these variables has a problem. */
  hasProblemWith(names: readonly string[]): boolean {
    return this.#problems.some(({message}) => names.some(name => message.startsWith(`${name} `)));
  }

  add(message: string): void {
    this.#problems.push({message});
  }

  throwProblems(): void {
    const {length} = this.#problems;
    if (length === 0) return;
    const what = length === 1 ? 'a setting is wrong' : `${length} settings are wrong`;
    throw new ConfigError(`The relay can't start, ${what}. Fix these environment variables:`, this.#problems);
  }
}

const APP_VARIABLES = ['GITHUB_APP_ID', 'GITHUB_APP_PRIVATE_KEY', 'GITHUB_APP_INSTALLATION_ID'];

/** Either a token or an App. With both, it would be unclear which one GitHub sees. */
function readCredentials(settings: Settings): CredentialsSettings {
  const ofApp = APP_VARIABLES.find(name => settings.has(name));
  if (ofApp === undefined) return {kind: 'token', token: settings.require('GITHUB_TOKEN', token, WHAT_TOKEN)};
  if (settings.has('GITHUB_TOKEN')) {
    settings.add(
      `GITHUB_TOKEN and ${ofApp} are both set: unset GITHUB_TOKEN to use the GitHub App, or the GITHUB_APP_* variables to use the token`,
    );
  }
  return {
    kind: 'app',
    appId: settings.require('GITHUB_APP_ID', appId, "the App ID or the client ID on the App's settings page"),
    privateKey: settings.require(
      'GITHUB_APP_PRIVATE_KEY',
      parsePrivateKey,
      'a private key of the App, the whole .pem file',
    ),
    installationId: settings.readOptional('GITHUB_APP_INSTALLATION_ID', numberIn(1, 999_999_999_999)),
  };
}

const WHAT_TOKEN =
  'a fine-grained token with Contents: write on GITHUB_REPOSITORY, or set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY';

function numberIn(min: number, max: number): Parse<number> {
  return value => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new SettingError(`must be a whole number from ${min} to ${max}, not ${quote(value)}`);
  };
}

function secondsIn(min: number, max: number): Parse<number> {
  return value => {
    const number = /^\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new SettingError(`must be a number of seconds from ${min} to ${max}, without a unit, not ${quote(value)}`);
  };
}

/** Short enough not to show a whole secret that was pasted into the wrong variable. */
function quote(value: string): string {
  return `"${showValue(value, 12)}"`;
}

function text(value: string): string {
  return value;
}

function secretList(value: string): string[] {
  const secrets = value.split(',').map(secret => secret.trim());
  const given = secrets.filter(secret => secret !== '');
  if (given.length > 0) return given;
  throw new SettingError('must be one secret, or several separated by commas');
}

function token(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new SettingError('must be one token, without white space or other characters that a header cannot hold');
}

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
function appId(value: string): number | string {
  if (/^[1-9]\d{0,14}$/.test(value)) return Number(value);
  if (/^Iv[A-Za-z0-9.]{4,62}$/.test(value)) return value;
  throw new SettingError(`must be the App ID, a number, or the client ID, which starts with Iv, not ${quote(value)}`);
}

/** https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam: managed users' names have an underscore. */
function repository(value: string): RepositoryName {
  const [, owner, name] = /^([A-Za-z0-9][A-Za-z0-9_-]{0,99})\/([A-Za-z0-9._-]{1,100})$/.exec(value) ?? [];
  if (owner !== undefined && name !== undefined && !/^\.{1,2}$/.test(name)) return {owner, name};
  throw new SettingError('must be owner/name, like acme/operations, without the address of GitHub');
}

/** Addresses can contain credentials, so they are never quoted. */
function address(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new SettingError('must be an address that starts with https:// or http://');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new SettingError('must be an address without credentials, query or fragment');
  }
  return url.href.replace(/\/+$/, '');
}

/** The variables that `@actions/http-client` reads. It adds `http://` to a value without a scheme. */
const PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];

/** Proxy addresses can contain credentials, so they are never quoted. */
function proxy(value: string): string {
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '' && isDecodable(url))
    return value;
  throw new SettingError('must be the address of an HTTP proxy, like http://proxy.example.com:3128');
}

function isDecodable({username, password}: URL): boolean {
  try {
    return decodeURIComponent(username + password) !== undefined;
  } catch {
    return false;
  }
}

/** https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event */
function eventType(value: string): string {
  if (value.length <= 100) return value;
  throw new SettingError(`must have at most 100 characters, GitHub's limit, not ${value.length}`);
}

function rulesLocation(value: string): RulesLocation {
  if (value === 'none') return {kind: 'none'};
  if (value.startsWith('file:')) {
    const path = value.slice('file:'.length).trim();
    if (path === '') throw new SettingError('must name a file after file:');
    return {kind: 'file', path};
  }
  const path = value.replace(/^(\.?\/)+/, '');
  if (path !== '' && !path.split('/').includes('..')) return {kind: 'repository', path};
  throw new SettingError('must be a path in the repository, file:<path> on this machine, or none');
}

function logLevel(value: string): LogLevel {
  const level = LOG_LEVELS.find(known => known === value.toLowerCase());
  if (level !== undefined) return level;
  throw new SettingError(`must be one of ${LOG_LEVELS.join(', ')}, not ${quote(value)}`);
}
