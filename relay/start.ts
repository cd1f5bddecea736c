/** Builds a relay from the environment, and lets it listen. */
import {setTimeout as wait} from 'node:timers/promises';
import type {DestinationStream} from 'pino';
import type {Now, Sleep} from '../src/deps.ts';
import {messageOf} from '../src/errors.ts';
import {createApp} from './app.ts';
import {type AppCredentialsDeps, createAppCredentials} from './app-credentials.ts';
import {createRunCloser} from './close-runs.ts';
import {type Env, type RelayConfig, readConfig} from './config.ts';
import {type Credentials, fixedToken} from './credentials.ts';
import {createDispatch} from './dispatch.ts';
import {createGitHub} from './github.ts';
import {createIssueToken} from './installation-token.ts';
import {createLog} from './log.ts';
import {createPortRuns} from './port-runs.ts';
import {createRulesSource} from './rules-source.ts';
import {listen} from './server.ts';
import {subscribe} from './smee.ts';

/** What differs between the real world and a test. */
export interface RelayWorld {
  readonly fetch: typeof globalThis.fetch;
  readonly now: Now;
  /** The platform's unless told; it does not hold the process. */
  readonly sleep?: Sleep;
  /** Standard output unless told. */
  readonly logTo?: DestinationStream;
}

export interface RunningRelay {
  /** The one that is listened on; another than `PORT` where that is 0. */
  readonly port: number;
  /** Takes nothing new, answers what is held, and resolves when all is closed. */
  close(): Promise<void>;
}

/** How long closing waits for Port, after all is answered. */
const PORT_PATIENCE_MS = 3_000;

/** @throws {ConfigError} for wrong settings, and for a `PORT` or `HOST` that can't be listened on */
export async function startRelay(env: Env, world: RelayWorld): Promise<RunningRelay> {
  const {fetch, now, sleep = sleepUnheld, logTo} = world;
  const config = readConfig(env);
  const {host, repository} = config;
  const log = createLog(config.logLevel, logTo);
  const credentials = createCredentials(config, {fetch, now, sleep, log});
  const github = createGitHub({apiUrl: config.apiUrl, credentials}, fetch);
  const rules = createRulesSource(config.rules, repository, {github, now, log});
  const dispatch = createDispatch(config, github, now);
  const runs = createRunCloser(createPortRuns(config, {fetch, sleep}), {now, sleep, log});
  let isClosing = false;
  const app = createApp(config, {rules, dispatch, runs, now, log, isClosing: () => isClosing});
  const server = await listen(app, config.port, host);
  const {port} = server;
  log.info({port, host, repository: `${repository.owner}/${repository.name}`}, 'listening');
  credentials.token().catch(error => log.warn({reason: messageOf(error)}, 'there is no access to GitHub yet'));
  void rules.current(); // read ahead of the first webhook; whether that works is in the log
  const smee =
    config.proxyUrl === undefined ? undefined : await subscribe(config.proxyUrl, webhookUrl(host, port), log);
  return {
    port,
    async close() {
      isClosing = true;
      log.info({}, 'closing');
      await smee?.stop();
      await server.close(config.ackTimeoutMs + 1_000);
      await runs.idle(PORT_PATIENCE_MS);
    },
  };
}

async function sleepUnheld(milliseconds: number): Promise<void> {
  await wait(milliseconds, undefined, {ref: false});
}

type World = Omit<AppCredentialsDeps, 'issueToken'> & Pick<RelayWorld, 'fetch'>;

function createCredentials({credentials, apiUrl, repository}: RelayConfig, deps: World): Credentials {
  if (credentials.kind === 'token') return fixedToken(credentials.token);
  return createAppCredentials({...deps, issueToken: createIssueToken({app: credentials, apiUrl, repository}, deps)});
}

/** Where this machine itself reaches the route. */
function webhookUrl(host: string, port: number): string {
  const address = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}/webhooks/port`;
}
