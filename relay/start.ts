/** Builds a relay from the environment, and lets it listen. */
import {randomUUID} from 'node:crypto';
import {setTimeout as wait} from 'node:timers/promises';
import type {Fetch, Now, Sleep} from '../src/base/deps.ts';
import {messageOf} from '../src/base/errors.ts';
import type {Clock} from './clock.ts';
import {type Env, type RelayConfig, readConfig} from './config/config.ts';
import {paceWarning} from './config/pace.ts';
import {unknownSettings} from './config/unknown-settings.ts';
import {createDispatch, type DispatchObserver} from './dispatch/dispatch.ts';
import {gzip} from './dispatch/gzip.ts';
import {type AppCredentialsDeps, createAppCredentials} from './github/app-credentials.ts';
import {type Credentials, fixedToken} from './github/credentials.ts';
import {createGitHub} from './github/github.ts';
import {createIssueToken} from './github/installation-token.ts';
import {createApp} from './http/app.ts';
import {listen} from './http/server.ts';
import {createLog, type RelayLog} from './observe/log.ts';
import {createMetrics, type RelayMetrics} from './observe/metrics.ts';
import type {LogDestination} from './observe/output.ts';
import {createReadiness, type Readiness} from './observe/readiness.ts';
import {createRunCloser} from './port/close-runs.ts';
import {createPortRuns} from './port/port-runs.ts';
import {createRulesSource, type RulesRead} from './rules-source.ts';
import {type Channel, subscribe} from './smee/smee.ts';

/** What differs between the real world and a test. */
export interface RelayWorld {
  readonly fetch: Fetch;
  readonly now: Now;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The platform's unless told; it does not hold the process. */
  readonly sleep?: Sleep;
  readonly logTo: LogDestination;
}

export interface RunningRelay {
  /** The one that is listened on; another than `PORT` where that is 0. */
  readonly port: number;
  /** Takes nothing new, answers what is held, and resolves when all is closed. */
  close(): Promise<void>;
}

/** How long a webhook waits for the rules, at most. */
const RULES_PATIENCE_MS = 2_000;

/** How long closing waits for Port, after all is answered. */
const PORT_PATIENCE_MS = 3_000;

/** @throws {ConfigError} for wrong settings, and for a `PORT` or `HOST` that can't be listened on */
export async function startRelay(env: Env, world: RelayWorld): Promise<RunningRelay> {
  const config = readConfig(env);
  const {fetch, now, clock, random, sleep = sleepUnheld, logTo} = world;
  const {host, repository} = config;
  const log = createLog(config.logLevel, logTo);
  for (const unknown of unknownSettings(env)) log.warn({}, unknown);
  const slowPace = paceWarning(config);
  if (slowPace !== undefined) log.warn({}, slowPace);
  const credentials = createCredentials(config, {fetch, now, sleep, log});
  const github = createGitHub({apiUrl: config.apiUrl, credentials, log}, fetch);
  const metrics = createMetrics(now);
  const readiness = createReadiness({github, repository, now, log});
  const onRead = createOnRead(config, metrics, readiness);
  const patienceMs = Math.min(config.ackTimeoutMs / 4, RULES_PATIENCE_MS); // leaves most of the hold to the dispatch
  const rules = createRulesSource(config.rules, repository, {github, now, log, onRead, patienceMs});
  const observer = observerOf(metrics, readiness, log);
  const dispatch = createDispatch(config, {github, clock, random, gzip, observer});
  const runs = createRunCloser(createPortRuns(config, {fetch, sleep}), {now, sleep, log});
  metrics.watch('log_lines_dropped_total', () => logTo.dropped);
  if (config.portClientId !== undefined) metrics.watch('runs_closed_total', () => runs.counts);
  let isClosing = false;
  let channel: Channel | undefined;
  const state = {isClosing: () => isClosing, inputTrouble: () => channel?.trouble};
  const deps = {rules, dispatch, runs, now, log, metrics, readiness, newId, ...state};
  const onTurnedAway = createTurnedAway(metrics, log, clock);
  const server = await listen(createApp(config, deps), {port: config.port, host, onTurnedAway});
  const {port} = server;
  log.info({port, host, repository: `${repository.owner}/${repository.name}`}, 'listening');
  credentials.token().catch(error => log.warn({reason: messageOf(error)}, 'there is no access to GitHub yet'));
  // Read and asked ahead of the first webhook; whether that works is in the log.
  void Promise.resolve(rules.current()).then(() => readiness.check());
  if (config.proxyUrl !== undefined) {
    channel = subscribe({source: config.proxyUrl, target: webhookUrl(host, port)}, {log, random});
    showChannel(channel, metrics);
  }
  return {
    port,
    async close() {
      isClosing = true;
      log.info({}, 'closing');
      channel?.stop();
      await server.close(config.ackTimeoutMs + 1_000);
      await runs.idle(PORT_PATIENCE_MS);
    },
  };
}

function showChannel(channel: Channel, metrics: RelayMetrics): void {
  metrics.watch('smee_connected', () => (channel.isConnected ? 1 : 0));
  metrics.watch('smee_connections_total', () => channel.counts.connections);
  metrics.watch('smee_skipped_total', () => channel.counts.skipped);
}

/** Counts connections that are turned away, and logs them: a line a second at most. */
function createTurnedAway(metrics: RelayMetrics, log: RelayLog, clock: Clock): () => void {
  let [count, logged, isDue] = [0, 0, false];
  metrics.watch('connections_turned_away_total', () => count);
  const report = () => {
    log.warn({connections: count - logged}, 'connections were closed because there were too many');
    [logged, isDue] = [count, false];
  };
  return () => {
    count++;
    if (!isDue) clock.after(1_000, report);
    isDue = true;
  };
}

function observerOf(metrics: RelayMetrics, readiness: Readiness, log: RelayLog): DispatchObserver {
  return {
    ...metrics,
    worked: () => readiness.worked(),
    refused: reason => readiness.refused(reason),
    broken: error =>
      log.error({outcome: 'bug', stack: error instanceof Error ? error.stack : String(error)}, 'dispatch'),
  };
}

/** A file on disk tells nothing of GitHub. */
function createOnRead({rules}: RelayConfig, metrics: RelayMetrics, readiness: Readiness) {
  return (result: RulesRead, inForce: boolean) => {
    metrics.rulesRead(result, inForce);
    if (rules.kind === 'repository' && (result === 'current' || result === 'changed')) readiness.readable();
  };
}

/** The last group of a UUID is random through and through: 48 bits, made from what is drawn ahead. */
function newId(): string {
  return randomUUID().slice(24);
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
