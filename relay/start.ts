/** Builds a relay from the environment, and lets it listen. */
import type {DestinationStream} from 'pino';
import type {Now} from '../src/deps.ts';
import {createApp} from './app.ts';
import type {Clock} from './clock.ts';
import {type Env, readConfig} from './config.ts';
import {createDispatch, type DispatchObserver} from './dispatch.ts';
import {createGitHub} from './github.ts';
import {createLog} from './log.ts';
import {createRulesSource} from './rules-source.ts';
import {listen} from './server.ts';
import {subscribe} from './smee.ts';

/** What differs between the real world and a test. */
export interface RelayWorld {
  readonly fetch: typeof globalThis.fetch;
  readonly now: Now;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Standard output unless told. */
  readonly logTo?: DestinationStream;
}

export interface RunningRelay {
  /** The one that is listened on; another than `PORT` where that is 0. */
  readonly port: number;
  /** Takes nothing new, answers what is held, and resolves when all is closed. */
  close(): Promise<void>;
}

/** @throws {ConfigError} for wrong settings, and for a `PORT` or `HOST` that can't be listened on */
export async function startRelay(env: Env, world: RelayWorld): Promise<RunningRelay> {
  const config = readConfig(env);
  const {fetch, now, clock, random, logTo} = world;
  const {host, repository} = config;
  const log = createLog(config.logLevel, logTo);
  const github = createGitHub(config, fetch);
  const rules = createRulesSource(config.rules, repository, {github, now, log});
  const dispatch = createDispatch(config, {github, clock, random, observer: NOBODY});
  let isClosing = false;
  const app = createApp(config, {rules, dispatch, now, log, isClosing: () => isClosing});
  const server = await listen(app, config.port, host);
  const {port} = server;
  log.info({port, host, repository: `${repository.owner}/${repository.name}`}, 'listening');
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
    },
  };
}

const NOBODY: DispatchObserver = {dispatched() {}, limited() {}, holding() {}, worked() {}, refused() {}};

/** Where this machine itself reaches the route. */
function webhookUrl(host: string, port: number): string {
  const address = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}/webhooks/port`;
}
