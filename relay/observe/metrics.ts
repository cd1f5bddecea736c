/** The relay's metrics, for Prometheus. Labels are few and fixed. Names from the catalog are never labels. */
import {Counter, collectDefaultMetrics, Gauge, Histogram, Registry} from 'prom-client';
import type {DispatchObserver} from '../dispatch/observer.ts';
import type {DeliveryResult} from '../http/delivery-result.ts';

interface DeliveryFigures {
  readonly outcome: DeliveryResult['outcome'] | 'bug';
  /** Undefined if the sender disconnected. */
  readonly status: number | undefined;
  /** The time from the head of the request until its response. */
  readonly holdMs: number;
}

/** Metrics whose values belong to other modules. Names that end with `_total` are counters, the others are gauges. */
export const WATCHED = {
  rules_age_seconds: 'Time since the last read that confirmed the current rules and found no mistakes.',
  rules_in_force: '1 if changes are checked against rules, 0 if all are dispatched.',
  runs_closed_total: 'Port runs of ignored changes, by result of closing them.',
  smee_connected: '1 if the smee channel of WEBHOOK_PROXY_URL is connected, else 0.',
  log_lines_dropped_total:
    'Log lines that standard output did not accept: its reader stopped or disconnected, or the disk is full.',
  connections_turned_away_total: 'Connections that were closed because too many were open.',
};

/** A webhook is held for 8 s by default and 60 s at most. An ignored one takes a few milliseconds. */
const HOLD_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 6, 8, 10, 30, 60];
const GITHUB_BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 4, 8, 15];
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
/** 49,152 is the relay's limit for a `client_payload`, 65,536 is GitHub's. */
const SIZE_BUCKETS = [1_024, 4_096, 8_192, 16_384, 24_576, 32_768, 40_960, 49_152, 65_536];

/** Initialized to 0, because Prometheus does not see an increase in a sample that first appears as 1. */
const USUAL_DELIVERIES = Object.entries({
  dispatched: 202,
  ignored: 200,
  refused: 401,
  retryable: 503,
  failed: 502,
  bug: 500,
});
const DISPATCH_RESULTS = ['accepted', 'failed', 'limited', 'refused'] as const;

/**
 * Deliveries are recorded in groups of this size, and before each scrape. Recording a single one takes about 10 µs, because its
 * code is no longer in the processor's caches. In a group, each takes less than 1 µs.
 */
const RECORD_AT_ONCE = 256;

export type RelayMetrics = ReturnType<typeof createMetrics>;

/** Each relay has its own registry, so that two relays in one process have separate values. */
export function createMetrics() {
  const register = new Registry();
  collectDefaultMetrics({register});
  const describe: Describe = (name, help) => ({name: `port_reactor_relay_${name}`, help, registers: [register]});
  const ready = new Gauge(describe('ready', '1 if /readyz responds with 200, else 0.'));
  return {
    ...dispatchMetrics(describe),
    /** Called after the response to a webhook, or after its sender disconnected. */
    recordDelivery: deliveryMetrics(describe),
    /** The result of `/readyz`. */
    setReady: (isReady: boolean) => ready.set(isReady ? 1 : 0),
    /** Adds a metric that reads its value when it is scraped. */
    watch: (name: keyof typeof WATCHED, read: () => Values) => watch(describe(name, WATCHED[name]), read),
    /** All metrics in Prometheus' text format. Sends no requests. */
    render: () => register.metrics(),
    contentType: register.contentType,
  };
}

/** Names follow https://prometheus.io/docs/practices/naming/. */
type Describe = (name: string, help: string) => {name: string; help: string; registers: Registry[]};

function deliveryMetrics(describe: Describe): (figures: DeliveryFigures) => void {
  const pending: DeliveryFigures[] = [];
  const deliveries = new Counter({
    ...describe('deliveries_total', 'Webhooks, by outcome and status of the response.'),
    labelNames: ['outcome', 'status'] as const,
    collect: () => record(),
  });
  const hold = new Histogram({
    ...describe('hold_seconds', 'How long webhooks were held until their response.'),
    labelNames: ['outcome'] as const,
    buckets: HOLD_BUCKETS,
  });
  for (const [outcome, status] of USUAL_DELIVERIES) deliveries.inc({outcome, status}, 0);
  const record = () => {
    for (const {outcome, status = 'none', holdMs} of pending.splice(0)) {
      deliveries.inc({outcome, status: String(status)});
      hold.observe({outcome}, holdMs / 1000);
    }
  };
  return figures => {
    if (pending.push(figures) >= RECORD_AT_ONCE) record();
  };
}

function dispatchMetrics(describe: Describe): Pick<DispatchObserver, 'onAttempt' | 'onLimited' | 'onPendingCount'> {
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({...describe(name, help), buckets});
  const labelNames = ['result'] as const;
  const help = 'Attempts to dispatch changes to GitHub, by result.';
  const dispatches = new Counter({...describe('dispatches_total', help), labelNames});
  for (const result of DISPATCH_RESULTS) dispatches.inc({result}, 0);
  const batch = histogram('dispatch_changes', 'Changes in one dispatch.', BATCH_BUCKETS);
  const size = histogram('dispatch_bytes', 'Size of one dispatch as JSON.', SIZE_BUCKETS);
  const responseSeconds = new Histogram({
    ...describe('dispatch_seconds', 'How long GitHub took to respond to a dispatch.'),
    labelNames,
    buckets: GITHUB_BUCKETS,
  });
  const waits = new Counter(describe('limit_waits_total', 'Rate limits of GitHub that made the relay wait.'));
  const waited = new Counter(describe('limit_wait_seconds_total', 'Total duration of these waits.'));
  const changes = new Gauge(describe('waiting_changes', 'Changes that are held until GitHub has accepted them.'));
  return {
    onAttempt(figures) {
      const {result} = figures;
      dispatches.inc({result});
      batch.observe(figures.changes);
      size.observe(figures.bytes);
      responseSeconds.observe({result}, figures.durationMs / 1000);
    },
    onLimited(waitMs) {
      waits.inc();
      waited.inc(Math.max(waitMs, 0) / 1000);
    },
    onPendingCount: count => changes.set(count),
  };
}

/** Several values are labeled by result. Undefined produces no sample. */
type Values = number | undefined | Readonly<Record<string, number>>;

function watch(described: ReturnType<Describe>, read: () => Values): void {
  const Metric = described.name.endsWith('_total') ? Counter : Gauge;
  new Metric({
    ...described,
    labelNames: typeof read() === 'object' ? ['result'] : [],
    collect() {
      this.reset();
      const values = read();
      if (values === undefined) this.remove();
      else if (typeof values === 'number') this.inc(values);
      else for (const [result, value] of Object.entries(values)) this.inc({result}, value);
    },
  });
}
