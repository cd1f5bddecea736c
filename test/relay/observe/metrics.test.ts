import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {createMetrics, type RelayMetrics, WATCHED} from '../../../relay/observe/metrics.ts';

/** The text of the metrics, and our samples by line. */
function someMetrics() {
  const metrics = createMetrics();
  const samples = async (): Promise<Record<string, number>> => {
    const lines = (await metrics.render()).split('\n').filter(line => line.startsWith('port_reactor_relay_'));
    return Object.fromEntries(
      lines.map(line => [line.slice(19, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
    );
  };
  return {metrics, samples};
}

const watchAll = (metrics: RelayMetrics) => {
  for (const name of Object.keys(WATCHED) as (keyof typeof WATCHED)[]) metrics.watch(name, () => 0);
};

test('counts deliveries by outcome and status, and measures how long they were held', async () => {
  const {metrics, samples} = someMetrics();
  metrics.recordDelivery({outcome: 'dispatched', status: 202, holdMs: 300});
  metrics.recordDelivery({outcome: 'dispatched', status: 202, holdMs: 7_000});
  metrics.recordDelivery({outcome: 'hung-up', status: undefined, holdMs: 0});
  expect(await samples()).toMatchObject({
    'deliveries_total{outcome="dispatched",status="202"}': 2,
    'deliveries_total{outcome="hung-up",status="none"}': 1,
    'hold_seconds_bucket{le="0.25",outcome="dispatched"}': 0,
    'hold_seconds_bucket{le="0.5",outcome="dispatched"}': 1,
    'hold_seconds_bucket{le="8",outcome="dispatched"}': 2,
    'hold_seconds_sum{outcome="dispatched"}': 7.3,
  });
});

test('measures dispatches: result, changes, bytes and the time of GitHub', async () => {
  const {metrics, samples} = someMetrics();
  metrics.onAttempt({result: 'accepted', changes: 12, bytes: 30_000, durationMs: 250});
  metrics.onAttempt({result: 'limited', changes: 1, bytes: 900, durationMs: 40});
  expect(await samples()).toMatchObject({
    'dispatches_total{result="accepted"}': 1,
    'dispatches_total{result="limited"}': 1,
    'dispatch_changes_bucket{le="10"}': 1,
    'dispatch_changes_bucket{le="20"}': 2,
    dispatch_changes_sum: 13,
    'dispatch_bytes_bucket{le="32768"}': 2,
    dispatch_bytes_sum: 30_900,
    'dispatch_seconds_bucket{le="0.2",result="accepted"}': 0,
    'dispatch_seconds_bucket{le="0.3",result="accepted"}': 1,
  });
});

test('sums waits for limits, and shows held changes and closed runs', async () => {
  const {metrics, samples} = someMetrics();
  metrics.onLimited(60_000);
  metrics.onLimited(1_500);
  metrics.onPendingCount(5);
  metrics.onPendingCount(3);
  const counts = {closed: 1, failed: 0, dropped: 0};
  metrics.watch('runs_closed_total', () => counts);
  await metrics.render();
  counts.closed = 3;
  metrics.setReady(true);
  expect(await samples()).toMatchObject({
    limit_waits_total: 2,
    limit_wait_seconds_total: 61.5,
    waiting_changes: 3,
    'runs_closed_total{result="closed"}': 3,
    'runs_closed_total{result="failed"}': 0,
    ready: 1,
  });
});

test('has no sample for an unknown value', async () => {
  const {metrics, samples} = someMetrics();
  let age: number | undefined;
  metrics.watch('rules_age_seconds', () => age);
  expect(await samples()).not.toHaveProperty('rules_age_seconds');
  age = 45;
  expect(await samples()).toMatchObject({rules_age_seconds: 45});
  age = undefined;
  expect(await samples()).not.toHaveProperty('rules_age_seconds');
});

test('has metrics of the process, without those of another relay in it', async () => {
  const one = someMetrics();
  const other = someMetrics();
  one.metrics.onLimited(1);
  const text = await one.metrics.render();
  expect(text).toMatch(/^process_cpu_seconds_total \d/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
  expect((await other.samples())['limit_waits_total']).toBe(0);
});

test('has a help text and a conventional name for each of our metrics', async () => {
  const {metrics} = someMetrics();
  watchAll(metrics);
  const text = await metrics.render();
  const types = [...text.matchAll(/^# TYPE port_reactor_relay_(\S+) (\S+)$/gm)];
  expect(types.length).toBeGreaterThanOrEqual(12);
  for (const [, name = '', type] of types) {
    expect(text).toMatch(new RegExp(`^# HELP port_reactor_relay_${name} \\S.*\\.$`, 'm'));
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes|changes)$/);
  }
});

describe('docs/running-the-relay.md', () => {
  const docs = readFileSync(new URL('../../../docs/running-the-relay.md', import.meta.url), 'utf8');
  /** All our metrics, after an event of each kind. */
  const names = async () => {
    const {metrics} = someMetrics();
    watchAll(metrics);
    const text = await metrics.render();
    return new Set([...text.matchAll(/^# TYPE (port_reactor_relay_\S+)/gm)].map(([, name = '']) => name));
  };

  test('lists exactly the metrics in its table', async () => {
    const rows = [...docs.matchAll(/^\| `(port_reactor_relay_\w+)` \|/gm)].map(([, name = '']) => name);
    expect(rows.toSorted()).toEqual([...(await names())].toSorted());
  });

  test('queries and alerts only use existing metrics', async () => {
    const known = await names();
    const asked = [...docs.matchAll(/port_reactor_relay_\w+/g)].map(([name]) =>
      name.replace(/_(bucket|sum|count)$/, ''),
    );
    expect(asked.filter(name => !known.has(name))).toEqual([]);
    const [, alerts = ''] = /```yaml\n(groups:[\s\S]*?)```/.exec(docs) ?? [];
    const {groups} = parse(alerts) as {groups: {rules: {alert: string; expr: string}[]}[]};
    const rules = groups.flatMap(group => group.rules);
    expect(rules).toHaveLength(3);
    for (const {alert, expr} of rules) {
      expect(expr).toMatch(/port_reactor_relay_/);
      expect(docs).toContain(`| \`${alert}\` |`); // the fix
    }
  });
});
