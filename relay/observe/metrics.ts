/** What the relay counts and measures, for Prometheus. Labels are few and fixed: no name from the catalog is ever one. */
import {Counter, collectDefaultMetrics, Gauge, Histogram, Registry} from 'prom-client';
import type {Now} from '../../src/base/deps.ts';
import type {DispatchFigures} from '../dispatch/dispatch.ts';
import type {RulesRead} from '../rules-source.ts';
import type {DeliveryResult} from '../webhook.ts';

interface DeliveryFigures {
  readonly outcome: DeliveryResult['outcome'] | 'bug';
  /** Undefined where the sender left. */
  readonly status: number | undefined;
  /** From the request's head to its answer. */
  readonly holdMs: number;
}

export interface RelayMetrics {
  /** A webhook was answered, or its sender left. */
  delivery(figures: DeliveryFigures): void;
  /** One attempt at a dispatch. */
  dispatch(figures: DispatchFigures): void;
  /** GitHub, or our own budget, made the relay wait. */
  limited(waitMs: number): void;
  /** What is held at this moment. */
  waiting(changes: number, bytes: number): void;
  /** The rules were asked for; `inForce`: whether there are rules to sift by now. */
  rulesRead(result: RulesRead, inForce: boolean): void;
  /** From now on this metric is shown. Its owner keeps the value, by result if there are several. */
  watch(name: keyof typeof WATCHED, read: () => number | Readonly<Record<string, number>>): void;
  /** What `/readyz` says. */
  ready(isReady: boolean): void;
  /** All of it in Prometheus' text format; asks nobody outside of this process. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** Metrics whose values are kept elsewhere: those whose names end with `_total` are counters, the others gauges. */
export const WATCHED = {
  runs_closed_total: 'Runs in Port of ignored changes, by what became of closing them.',
  smee_connected: '1 if the smee channel of WEBHOOK_PROXY_URL is connected, else 0.',
  smee_connections_total: 'How often the smee channel was connected.',
  smee_skipped_total: 'Messages of the smee channel that were not webhooks.',
  log_lines_dropped_total: 'Lines that standard output did not take: its reader stopped or left, or the disk is full.',
  connections_turned_away_total: 'Connections that were closed because there were too many.',
};

/** A webhook is held for 8 s unless told otherwise, 60 s at most; one that is ignored takes a few milliseconds. */
const HOLD_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 6, 8, 10, 30, 60];
const GITHUB_BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 4, 8, 15];
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
/** The last but one is the limit of a `client_payload` (design §5), the last GitHub's own. */
const SIZE_BUCKETS = [1_024, 4_096, 8_192, 16_384, 24_576, 32_768, 40_960, 49_152, 65_536];

/** Shown from the start: Prometheus sees no increase in a sample that comes into being as 1. */
const USUAL_DELIVERIES = [
  ['dispatched', '202'],
  ['ignored', '200'],
  ['refused', '401'],
  ['retryable', '503'],
  ['failed', '502'],
  ['bug', '500'],
] as const;
const DISPATCH_RESULTS = ['accepted', 'failed', 'limited', 'refused'] as const;

/**
 * Deliveries are recorded so many at a time, and when somebody asks. Each alone costs about 10 µs, since its code is out of
 * the processor's caches when it is its turn; one of many costs less than 1.
 */
const RECORD_AT_ONCE = 256;

/** Every relay has a registry of its own, so that two in one process do not add up. */
export function createMetrics(now: Now): RelayMetrics {
  const register = new Registry();
  collectDefaultMetrics({register});
  const rest = {
    ...deliveryMetrics(register),
    ...dispatchMetrics(register),
    ...rulesMetrics(register, now),
    ...watchedMetrics(register),
  };
  return {...rest, contentType: register.contentType, render: shareWhileBusy(() => register.metrics())};
}

/** Whoever asks while it works gets the same answer: asking costs next to nothing, working some milliseconds. */
function shareWhileBusy<T>(work: () => Promise<T>): () => Promise<T> {
  let busy: Promise<T> | undefined;
  return () => {
    busy ??= work().finally(() => {
      busy = undefined;
    });
    return busy;
  };
}

/** All names begin alike; units and `_total` are Prometheus' own habits (https://prometheus.io/docs/practices/naming/). */
function describe(register: Registry, name: string, help: string) {
  return {name: `port_reactor_relay_${name}`, help, registers: [register]};
}

function deliveryMetrics(register: Registry): Pick<RelayMetrics, 'delivery' | 'waiting' | 'ready'> {
  const pending: DeliveryFigures[] = [];
  const deliveries = new Counter({
    ...describe(
      register,
      'deliveries_total',
      'Webhooks, by what became of them and the status they were answered with.',
    ),
    labelNames: ['outcome', 'status'] as const,
    collect: () => record(),
  });
  const hold = new Histogram({
    ...describe(register, 'hold_seconds', 'How long webhooks were held until their answer.'),
    labelNames: ['outcome'] as const,
    buckets: HOLD_BUCKETS,
  });
  const changes = new Gauge(
    describe(register, 'waiting_changes', 'Changes that are held until GitHub has accepted them.'),
  );
  const bytes = new Gauge(describe(register, 'waiting_bytes', 'Size of the changes that are held.'));
  const ready = new Gauge(describe(register, 'ready', '1 where /readyz says ready, else 0.'));
  for (const [outcome, status] of USUAL_DELIVERIES) deliveries.inc({outcome, status}, 0);
  const record = () => {
    for (const {outcome, status = 'none', holdMs} of pending.splice(0)) {
      deliveries.inc({outcome, status: String(status)});
      hold.observe({outcome}, holdMs / 1000);
    }
  };
  return {
    delivery(figures) {
      if (pending.push(figures) >= RECORD_AT_ONCE) record();
    },
    waiting(count, size) {
      changes.set(count);
      bytes.set(size);
    },
    ready: isReady => ready.set(isReady ? 1 : 0),
  };
}

function dispatchMetrics(register: Registry): Pick<RelayMetrics, 'dispatch' | 'limited'> {
  const dispatches = new Counter({
    ...describe(register, 'dispatches_total', 'Attempts to hand changes to GitHub, by what GitHub said.'),
    labelNames: ['result'] as const,
  });
  for (const result of DISPATCH_RESULTS) dispatches.inc({result}, 0);
  const batch = new Histogram({
    ...describe(register, 'dispatch_changes', 'Changes in one dispatch.'),
    buckets: BATCH_BUCKETS,
  });
  const size = new Histogram({
    ...describe(register, 'dispatch_bytes', 'Size of one dispatch as JSON.'),
    buckets: SIZE_BUCKETS,
  });
  const answer = new Histogram({
    ...describe(register, 'dispatch_seconds', 'How long GitHub took to answer a dispatch.'),
    labelNames: ['result'] as const,
    buckets: GITHUB_BUCKETS,
  });
  const waits = new Counter(
    describe(register, 'limit_waits_total', 'How often a limit of GitHub made the relay wait.'),
  );
  const waited = new Counter(describe(register, 'limit_wait_seconds_total', 'How long these waits were, in all.'));
  return {
    dispatch({result, changes, bytes, durationMs}) {
      dispatches.inc({result});
      batch.observe(changes);
      size.observe(bytes);
      answer.observe({result}, durationMs / 1000);
    },
    limited(waitMs) {
      waits.inc();
      waited.inc(Math.max(waitMs, 0) / 1000);
    },
  };
}

/** Without a rules file (`REACTOR_RULES=none`) there are no samples of their age, nor of whether they are in force. */
function rulesMetrics(register: Registry, now: Now): Pick<RelayMetrics, 'rulesRead'> {
  const refreshes = new Counter({
    ...describe(register, 'rules_refreshes_total', 'How often the rules were asked for, by what came of it.'),
    labelNames: ['result'] as const,
  });
  let currentAtMs: number | undefined;
  const age = new Gauge({
    ...describe(
      register,
      'rules_age_seconds',
      'Since when the rules in force were last known to be those of the file.',
    ),
    collect() {
      if (currentAtMs !== undefined) this.set(Math.max(now() - currentAtMs, 0) / 1000);
    },
  });
  const inForce = new Gauge(
    describe(register, 'rules_in_force', '1 where changes are sifted, 0 where all are dispatched.'),
  );
  age.remove();
  inForce.remove();
  return {
    rulesRead(result, areInForce) {
      refreshes.inc({result});
      inForce.set(areInForce ? 1 : 0);
      if (result === 'current' || result === 'changed') currentAtMs = now();
    },
  };
}

function watchedMetrics(register: Registry): Pick<RelayMetrics, 'watch'> {
  return {
    watch(name, read) {
      const isLabelled = typeof read() !== 'number';
      const Metric = name.endsWith('_total') ? Counter : Gauge;
      new Metric({
        ...describe(register, name, WATCHED[name]),
        labelNames: isLabelled ? ['result'] : [],
        collect() {
          this.reset();
          const values = read();
          if (typeof values === 'number') this.inc(values);
          else for (const [result, value] of Object.entries(values)) this.inc({result}, value);
        },
      });
    },
  };
}
