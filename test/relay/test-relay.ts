/** A relay for tests: the real app on a free port, with a local GitHub and a clock that does not advance. */
import {createHmac} from 'node:crypto';
import {EventEmitter, once} from 'node:events';
import {connect} from 'node:net';
import {gzipSync} from 'node:zlib';
import {createApp} from '../../relay/app.ts';
import type {RulesLocation} from '../../relay/config/values.ts';
import {createDispatch, type Dispatch} from '../../relay/dispatch/dispatch.ts';
import type {DispatchObserver} from '../../relay/dispatch/observer.ts';
import {listen} from '../../relay/http/server.ts';
import {createLog, type RelayLog} from '../../relay/observe/log.ts';
import {createMetrics} from '../../relay/observe/metrics.ts';
import {Readiness} from '../../relay/observe/readiness.ts';
import type {RunCloser} from '../../relay/port/close-runs.ts';
import {systemClock} from '../../relay/process/clock.ts';
import {diskReader, repositoryReader} from '../../relay/rules/rules-reader.ts';
import {RulesSource} from '../../relay/rules/rules-source.ts';
import type {WebhookSettings} from '../../relay/webhook.ts';
import {fetch as fetchGitHub} from '../../src/base/http/fetch.ts';
import type {Gzip} from '../../src/change/payload/encode-payload.ts';
import {createGitHub, type GitHub} from '../../src/clients/github/client.ts';
import {fixedToken} from '../../src/clients/github/credentials.ts';
import type {RepositoryName} from '../../src/clients/github/response.ts';
import {type GitHubServer, startGitHubServer} from '../helpers/servers/github-server.ts';

/** 2025-11-23T12:13:20Z, the time of the vectors of `x-port-timestamp`. */
export const NOW = 1_763_900_000_000;
export const SECRET = 'relay-test-secret';
export const TOKEN = 'github_pat_for_tests';

export type LogLine = Record<string, unknown> & {msg: string; level: string};

export interface TestRelay {
  readonly url: string;
  readonly port: number;
  readonly github: GitHubServer;
  readonly readiness: Readiness;
  /** The parsed log lines. */
  readonly log: LogLine[];
  /** Resolves with the first line with these values. */
  lineWith(values: Record<string, unknown>): Promise<LogLine>;
  /** Marks the relay as closing. */
  startClosing(): void;
}

export interface TestRelayOptions {
  readonly settings?: Partial<WebhookSettings>;
  readonly rules?: RulesLocation;
  readonly dispatch?: Dispatch;
  /** Default: always {@link NOW}. */
  readonly now?: () => number;
  /** The limits of the HTTP server, see `listen`. */
  readonly limits?: Parameters<typeof listen>[1]['limits'];
  readonly runs?: Pick<RunCloser, 'close'>;
}

/** Longer than a busy machine needs for any webhook. Tests of the limit pass a shorter one. */
const ACK_TIMEOUT_MS = 30_000;

const open: (() => Promise<void>)[] = [];

/** For `afterAll`: stops every started relay, including those of failed tests. */
export async function closeTestRelays(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

/** {@link closeTestRelays} stops the relay. */
export async function startTestRelay(options: TestRelayOptions = {}): Promise<TestRelay> {
  const {settings, rules = {kind: 'none'}, dispatch, limits, runs, now = () => NOW} = options;
  const github = await startGitHubServer();
  const {log, sink, lineWith} = recordLog();
  const repository = {owner: 'acme', name: 'operations'};
  const client = createGitHub({apiUrl: github.url, credentials: fixedToken(TOKEN)}, fetchGitHub);
  const logger = createLog('debug', sink);
  const readiness = new Readiness({github: client, repository, now, log: logger});
  const metrics = createMetrics();
  let deliveries = 0;
  let isClosing = false;
  const app = createApp(
    {
      secrets: [SECRET],
      toleranceSeconds: 300,
      maxBodyBytes: 1_048_576,
      ackTimeoutMs: ACK_TIMEOUT_MS,
      proxyUrl: undefined,
      portClientId: undefined,
      ...settings,
    },
    {
      rules: rulesFrom(rules, {github: client, repository, now, log: logger}),
      dispatch: dispatch ?? createTestDispatch(repository, client, settings?.ackTimeoutMs),
      runs,
      now,
      clock: systemClock,
      log: logger,
      metrics,
      readiness,
      newId: () => `delivery-${++deliveries}`,
      isClosing: () => isClosing,
      inputProblem: () => undefined,
    },
  );
  const server = await listen(app, {port: 0, host: '127.0.0.1', ...(limits && {limits})});
  const {port} = server;
  const relay: TestRelay = {
    url: `http://127.0.0.1:${port}`,
    port,
    github,
    readiness,
    log,
    lineWith,
    startClosing: () => {
      isClosing = true;
    },
  };
  open.push(async () => {
    await server.close(0);
    await github.close();
  });
  return relay;
}

interface Reading {
  readonly github: GitHub;
  readonly repository: RepositoryName;
  readonly now: () => number;
  readonly log: RelayLog;
}

function rulesFrom(from: RulesLocation, {github, repository, now, log}: Reading): RulesSource | undefined {
  if (from.kind === 'none') return undefined;
  const reader = from.kind === 'file' ? diskReader(from.path) : repositoryReader(from.path, repository, {github, now});
  return new RulesSource(reader, {now, log, maxWaitMs: 2_000});
}

/** A dispatch budget that is larger than any test needs. */
function createTestDispatch(repository: RepositoryName, github: GitHub, ackTimeoutMs = ACK_TIMEOUT_MS): Dispatch {
  const settings = {
    repository,
    eventType: 'port-catalog-change',
    partitions: 4,
    dispatchesPerMinute: 10_000,
    ackTimeoutMs,
  };
  const deps = {github, clock: systemClock, random: () => 0, gzip: gzipNow, observer: aNoopObserver()};
  return createDispatch(settings, deps);
}

/** Compresses synchronously, for virtual clocks. */
export const gzipNow: Gzip = async (pieces, maxBytes) => {
  const text = Buffer.from([...pieces].join(''));
  const packed = gzipSync(text);
  return packed.length > maxBytes ? {takenBytes: (text.length * maxBytes) / packed.length} : {packed};
};

/** Ignores the results of dispatches. */
export function aNoopObserver(): DispatchObserver {
  return {onAttempt() {}, onLimited() {}, onPendingCount() {}, onAccepted() {}, onRefused() {}, onBug() {}};
}

/** A destination for pino that keeps the lines as objects, and a way to wait for them. */
export function recordLog() {
  const log: LogLine[] = [];
  const lines = new EventEmitter();
  const sink = {
    dropped: 0,
    write(text: string) {
      log.push(JSON.parse(text));
      lines.emit('line');
    },
  };
  const lineWith = async (values: Record<string, unknown>): Promise<LogLine> => {
    const found = log.find(line => Object.entries(values).every(([key, value]) => line[key] === value));
    if (found !== undefined) return found;
    await once(lines, 'line');
    return lineWith(values);
  };
  return {log, sink, lineWith};
}

/** The headers of Port's webhooks. Computed here, not with the tested code. */
export function signedHeaders(body: string | Buffer, {secret = SECRET, atMs = NOW} = {}): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const digest = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('base64');
  return {
    'content-type': 'application/json',
    'x-port-timestamp': timestamp,
    'x-port-signature': `v1,${digest}`,
  };
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read any part of it
  readonly body: any;
}

/** Posts a message like Port: as JSON, and signed unless headers are given. */
export function post(relay: TestRelay, message: unknown, headers?: Record<string, string>): Promise<Answered> {
  return postText(relay, JSON.stringify(message), headers);
}

/** Posts text or bytes unchanged. */
export async function postText(
  relay: TestRelay,
  body: string | Buffer,
  headers: Record<string, string> = signedHeaders(body),
): Promise<Answered> {
  const response = await fetch(`${relay.url}/webhooks/port`, {method: 'POST', headers, body: body as string});
  return {status: response.status, headers: response.headers, body: await response.json()};
}

/** Sends bytes over a new socket. Resolves with the response when the other side ends, or when it contains `until`. */
export function sendRaw(port: number, bytes: string, until?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', chunk => {
      received += chunk.toString();
      if (until !== undefined && received.includes(until)) socket.destroy();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

export interface EventOptions {
  readonly runId?: string;
  readonly blueprint?: string;
  readonly entity?: string;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly properties?: Record<string, unknown>;
}

/** An automation's flattened event with its run, in the form that `port-reactor init` sets up. */
export function anEvent(options: EventOptions = {}) {
  const {
    runId = 'run_1',
    blueprint = 'deploymentConfig',
    entity = 'notification-service-prod',
    properties = {},
  } = options;
  const side = (value: unknown) => ({
    identifier: entity,
    title: 'Notification Service Production',
    team: ['payments'],
    properties: {healthStatus: value, ...properties},
    relations: {},
  });
  return {
    action: 'UPDATE',
    resourceType: 'entity',
    trigger: {by: {orgId: 'org_1', userId: 'auth0|1'}, origin: 'UI', at: '2025-11-23T12:13:19.000Z'},
    context: {blueprintIdentifier: blueprint, entityIdentifier: entity, propertyIdentifier: null},
    diff: {before: side(options.from ?? 'Healthy'), after: side(options.to ?? 'Degraded')},
    runId,
  };
}
