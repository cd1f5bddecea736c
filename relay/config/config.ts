/** Parse: environment variables → the relay's settings, or every problem with them at once (design §5). */
import type {KeyObject} from 'node:crypto';
import {ConfigError} from '../../src/base/errors.ts';
import {defaultOf} from '../../src/base/relay-variables.ts';
import {disguisedValues, type Env, PROXIES} from './environment.ts';
import {PACE_VARIABLES, paceProblem} from './pace.ts';
import {parsePrivateKey} from './private-key.ts';
import * as parse from './values.ts';

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

export type RelayConfig = ReturnType<typeof readSettings>;

function readSettings(settings: Settings) {
  const {numberIn} = parse;
  return {
    /** 0 means any free port. */
    port: settings.read('PORT', numberIn(0, 65_535)),
    host: settings.read('HOST', parse.text),
    /** The secrets that Port may sign with. At least one. */
    secrets: settings.require('PORT_CLIENT_SECRET', parse.secretList, 'the client secret of your Port organization'),
    repository: settings.require('GITHUB_REPOSITORY', parse.repository, 'owner/name of the repository to dispatch to'),
    credentials: readCredentials(settings),
    apiUrl: settings.read('GITHUB_API_URL', parse.address),
    eventType: settings.read('REACTOR_EVENT_TYPE', parse.eventType),
    rules: settings.read('REACTOR_RULES', parse.rulesLocation),
    /** The same number in every copy of the relay. */
    partitions: settings.read('REACTOR_PARTITIONS', numberIn(1, 8)),
    /** Of this copy of the relay. */
    dispatchesPerMinute: settings.read('REACTOR_MAX_DISPATCHES_PER_MINUTE', numberIn(1, 10_000)),
    ackTimeoutMs: settings.read('REACTOR_ACK_TIMEOUT_SECONDS', numberIn(0.1, 60, {fraction: true})) * 1000,
    toleranceSeconds: settings.read('REACTOR_SIGNATURE_TOLERANCE_SECONDS', numberIn(1, 86_400)),
    maxBodyBytes: settings.read('REACTOR_MAX_BODY_BYTES', numberIn(1, 100 * 1024 * 1024)),
    /** If set, the Port runs of ignored changes are closed. `secrets` holds the client's secret. */
    portClientId: settings.readOptional('PORT_CLIENT_ID', parse.text),
    portApiUrl: settings.read('PORT_API_URL', parse.address),
    /** The smee channel to subscribe to. */
    proxyUrl: settings.readOptional('WEBHOOK_PROXY_URL', parse.address),
    logLevel: settings.read('LOG_LEVEL', parse.logLevel),
  };
}

/** @throws {ConfigError} with every problem. No message quotes a secret. */
export function readConfig(env: Env): RelayConfig {
  const settings = new Settings(env);
  const config = readSettings(settings);
  for (const name of PROXIES) settings.readOptional(name, parse.proxy);
  const {problems} = settings;
  const pace = PACE_VARIABLES.some(name => problems.has(name)) ? undefined : paceProblem(config);
  if (pace !== undefined) problems.set('REACTOR_PARTITIONS', pace);
  if (problems.size === 0) return config;
  const what = problems.size === 1 ? 'a setting is wrong' : `${problems.size} settings are wrong`;
  throw new ConfigError(
    `The relay can't start, ${what}. Fix these environment variables:`,
    [...problems.values()].map(message => ({message})),
  );
}

/** Reads variables one by one, and collects the problems. */
class Settings {
  /** Sentences, by the name of the variable. Its value is not checked further. */
  readonly problems: Map<string, string>;
  readonly #env: Env;

  constructor(env: Env) {
    this.#env = env;
    this.problems = disguisedValues(env);
  }

  /** The value, or the default that src/base/relay-variables.ts gives. */
  read<T>(name: string, parser: parse.Parse<T>): T {
    return this.readOptional(name, parser) ?? parser(defaultOf(name) ?? '');
  }

  /** Unset and empty are the same: compose files and charts pass on unset variables as empty ones. */
  readOptional<T>(name: string, parser: parse.Parse<T>): T | undefined {
    if (!this.has(name) || this.problems.has(name)) return undefined;
    try {
      return parser(this.#env[name]?.trim() ?? '');
    } catch (error) {
      if (!(error instanceof parse.SettingError)) throw error;
      this.problems.set(name, `${name} ${error.message}`);
      return undefined;
    }
  }

  require<T>(name: string, parser: parse.Parse<T>, what: string): T {
    const read = this.readOptional(name, parser);
    if (read === undefined && !this.problems.has(name))
      this.problems.set(name, `${name} is missing: set it to ${what}`);
    return read as T; // if it is undefined, there is a problem
  }

  has(name: string): boolean {
    return (this.#env[name]?.trim() ?? '') !== '';
  }
}

const APP_VARIABLES = ['GITHUB_APP_ID', 'GITHUB_APP_PRIVATE_KEY', 'GITHUB_APP_INSTALLATION_ID'];

/** Either a token or an App. With both, it would be unclear which one GitHub sees. */
function readCredentials(settings: Settings): CredentialsSettings {
  const ofApp = APP_VARIABLES.find(name => settings.has(name));
  if (ofApp === undefined) return {kind: 'token', token: settings.require('GITHUB_TOKEN', parse.token, WHAT_TOKEN)};
  if (settings.has('GITHUB_TOKEN')) {
    settings.problems.set(
      'GITHUB_TOKEN',
      `GITHUB_TOKEN and ${ofApp} are both set: unset GITHUB_TOKEN to use the GitHub App, or the GITHUB_APP_* variables to use the token`,
    );
  }
  return {
    kind: 'app',
    appId: settings.require('GITHUB_APP_ID', parse.appId, "the App ID or the client ID on the App's settings page"),
    privateKey: settings.require(
      'GITHUB_APP_PRIVATE_KEY',
      parsePrivateKey,
      'a private key of the App, the whole .pem file',
    ),
    installationId: settings.readOptional('GITHUB_APP_INSTALLATION_ID', parse.numberIn(1, 999_999_999_999)),
  };
}

const WHAT_TOKEN =
  'a fine-grained token with Contents: write on GITHUB_REPOSITORY, or set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY';
