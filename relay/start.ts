/** Creates a relay from the environment, and starts to listen. */
import {randomUUID} from 'node:crypto';
import {setTimeout as wait} from 'node:timers/promises';
import type {Fetch, Now, Sleep} from '../src/base/deps.ts';
import {messageOf} from '../src/base/errors.ts';
import {createIssueToken} from '../src/clients/github/app/installation-token.ts';
import {createGitHub, type GitHub} from '../src/clients/github/client.ts';
import {type Credentials, createAppCredentials, fixedToken} from '../src/clients/github/credentials.ts';
import {gzip} from '../src/dispatch/gzip.ts';
import {createApp} from './app.ts';
import {type RelayConfig, readConfig} from './config/config.ts';
import {type Env, unknownSettings} from './config/environment.ts';
import {paceWarning} from './config/pace.ts';
import {createDispatch} from './dispatch/dispatch.ts';
import type {DispatchObserver} from './dispatch/observer.ts';
import {listen} from './http/server.ts';
import {createLog, type RelayLog} from './observe/log.ts';
import {createMetrics, type RelayMetrics} from './observe/metrics.ts';
import type {LogDestination} from './observe/output.ts';
import {Readiness} from './observe/readiness.ts';
import {RunCloser} from './port/close-runs.ts';
import {createPortRuns} from './port/port-runs.ts';
import type {Clock} from './process/clock.ts';
import {diskReader, repositoryReader} from './rules/rules-reader.ts';
import {type RulesDeps, RulesSource} from './rules/rules-source.ts';
import {type Channel, subscribe} from './smee/smee.ts';

/** The effects of the relay, which tests replace. */
export interface RelayWorld {
  readonly fetch: Fetch;
  readonly now: Now;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Default: the platform's timer, which does not keep the process running. */
  readonly sleep?: Sleep;
  readonly logTo: LogDestination;
}

export interface RunningRelay {
  /** The port that the relay listens on. It differs from `PORT` if `PORT` is 0. */
  readonly port: number;
  /** Stops accepting webhooks, responds to the held ones, and resolves when everything is closed. */
  close(): Promise<void>;
}

const RULES_WAIT_MS = 2_000;

/** The maximum time to close runs in Port after all responses to webhooks. */
const PORT_WAIT_MS = 3_000;

/** @throws {ConfigError} if a setting is invalid, or if the relay can't listen on `HOST` and `PORT` */
export async function startRelay(env: Env, world: RelayWorld): Promise<RunningRelay> {
  const config = readConfig(env);
  const {fetch, now, clock, random, logTo} = world;
  const {host, repository} = config;
  const log = createLog(config.logLevel, logTo);
  for (const warning of [...unknownSettings(env), paceWarning(config) ?? []].flat()) log.warn({}, warning);
  const credentials = createCredentials(config, {fetch, now, log});
  const github = createGitHub({apiUrl: config.apiUrl, credentials, log}, fetch);
  const metrics = createMetrics();
  const readiness = new Readiness({github, repository, now, log});
  const rules = createRules(config, {github, now, log}, metrics);
  const observer = observerOf(metrics, readiness, log);
  const dispatch = createDispatch(config, {github, clock, random, gzip, observer});
  const runs = createRuns(config, {...world, log}, metrics);
  metrics.watch('log_lines_dropped_total', () => logTo.dropped);
  let isClosing = false;
  let channel: Channel | undefined;
  const state = {isClosing: () => isClosing, inputProblem: () => channel?.problem};
  const deps = {rules, dispatch, runs, now, clock, log, metrics, readiness, newId, ...state};
  const onConnectionRejected = createRejectionLog(metrics, log, clock);
  const server = await listen(createApp(config, deps), {port: config.port, host, onConnectionRejected});
  const {port} = server;
  log.info({port, host, repository: `${repository.owner}/${repository.name}`}, 'listening');
  credentials.token().catch(error => log.warn({reason: messageOf(error)}, 'no access to GitHub yet'));
  // Read before the first webhook, so that the log shows at once whether the access works.
  void Promise.resolve(rules?.read()).then(() => readiness.check());
  if (config.proxyUrl !== undefined) {
    channel = subscribe({source: config.proxyUrl, target: webhookUrl(host, port)}, {clock, log, random});
    metrics.watch('smee_connected', () => (channel?.problem === undefined ? 1 : 0));
  }
  return {
    port,
    async close() {
      isClosing = true;
      log.info({}, 'closing');
      channel?.stop();
      await server.close(config.ackTimeoutMs + 1_000);
      await runs?.idle(PORT_WAIT_MS);
    },
  };
}

type World = Pick<RelayWorld, 'fetch' | 'now' | 'sleep'> & {readonly log: RelayLog};

function createCredentials({credentials, apiUrl, repository}: RelayConfig, deps: World): Credentials {
  if (credentials.kind === 'token') return fixedToken(credentials.token);
  return createAppCredentials({...deps, issueToken: createIssueToken({app: credentials, apiUrl, repository}, deps)});
}

type Reading = Omit<RulesDeps, 'maxWaitMs'> & {readonly github: GitHub};

function createRules({rules: from, repository, ackTimeoutMs}: RelayConfig, deps: Reading, metrics: RelayMetrics) {
  if (from.kind === 'none') return undefined;
  const reader = from.kind === 'file' ? diskReader(from.path) : repositoryReader(from.path, repository, deps);
  const maxWaitMs = Math.min(ackTimeoutMs / 4, RULES_WAIT_MS); // leaves most of the hold to the dispatch
  const rules = new RulesSource(reader, {...deps, maxWaitMs});
  metrics.watch('rules_age_seconds', () => (rules.ageMs === undefined ? undefined : rules.ageMs / 1000));
  metrics.watch('rules_in_force', () => (rules.areLoaded ? 1 : 0));
  return rules;
}

function createRuns(config: RelayConfig, {fetch, now, sleep = sleepUnref, log}: World, metrics: RelayMetrics) {
  const {portClientId: clientId, portApiUrl: apiUrl, secrets} = config;
  if (clientId === undefined) return undefined;
  const runs = new RunCloser(createPortRuns({clientId, apiUrl, secrets}, {fetch, sleep}), {now, sleep, log});
  metrics.watch('runs_closed_total', () => ({...runs.counts}));
  return runs;
}

/** Counts rejected connections, and logs at most one line a second about them. */
function createRejectionLog(metrics: RelayMetrics, log: RelayLog, clock: Clock): () => void {
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
    onAccepted: () => readiness.recordSuccess(),
    onRefused: reason => readiness.recordRefusal(reason),
    onBug: error =>
      log.error({outcome: 'bug', stack: error instanceof Error ? error.stack : String(error)}, 'dispatch'),
  };
}

/** The last group of a UUID: 48 random bits, from Node's pre-filled pool. */
function newId(): string {
  return randomUUID().slice(24);
}

async function sleepUnref(milliseconds: number): Promise<void> {
  await wait(milliseconds, undefined, {ref: false});
}

/** The local address of the route. */
function webhookUrl(host: string, port: number): string {
  const address = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}/webhooks/port`;
}
