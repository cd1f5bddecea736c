import {describe, expect, test} from '@jest/globals';
import {type Backtest, type BacktestOptions, backtest} from '../../src/backtest/backtest.ts';
import {inMemory} from '../../src/backtest/recording.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {ORACLE_RULES, type OracleChange, type OracleRule, oracle} from '../helpers/backtest-oracle.ts';
import {createRandom, type Random} from '../helpers/values/random.ts';
import {TRIES_ALL} from '../helpers/values/runs.ts';

const START = Date.parse('2026-11-01T00:00:00Z');
const MONTH = 30 * 1440;
const CLOCK_MS = 15 * 60_000;

const isService = (entity: string) => entity.startsWith('service');

/** A month of one entity: hours without changes, then single changes or a burst. */
function monthOf(entity: string, random: Random): OracleChange[] {
  const changes: OracleChange[] = [];
  let from: string | number = isService(entity) ? 'Good' : 50;
  const add = (minute: number) => {
    const at = minute % 15 === 0 ? minute + 1 : minute;
    const to = isService(entity) ? random.pick(['Good', 'Good', 'Bad', 'Worse']) : random.int(40, 100);
    if (to === from || at >= MONTH || at <= (changes.at(-1)?.minute ?? -1)) return;
    changes.push({entity, minute: at, from, to});
    from = to;
  };
  for (let minute = random.int(1, 600); minute < MONTH; minute += random.int(20, 900)) {
    add(minute);
    if (!random.chance(0.25)) continue;
    for (let n = random.int(3, 20); n > 0; n--) {
      minute += random.int(1, 14);
      add(minute);
    }
  }
  return changes;
}

function webhook({entity, minute, from, to}: OracleChange): object {
  const side = (value: unknown) => ({identifier: entity, title: entity, team: [], properties: {value}, relations: {}});
  return {
    action: 'UPDATE',
    resourceType: 'entity',
    status: 'SUCCESS',
    trigger: {at: new Date(START + minute * 60_000).toISOString(), by: {userId: 'u'}, origin: 'API'},
    context: {entity, blueprint: isService(entity) ? 'service' : 'database'},
    diff: {before: side(from), after: side(to)},
  };
}

const recordingOf = (lines: readonly object[]) =>
  inMemory(Buffer.from(lines.map(line => `${JSON.stringify(line)}\n`).join('')));
const run = (lines: readonly object[], options: Partial<BacktestOptions> = {}): Backtest =>
  backtest(recordingOf(lines), {rules: parseRules(ORACLE_RULES, 'rules.yml'), clockMs: CLOCK_MS, ...options});

function aMonth(seed: number): {changes: OracleChange[]; lines: object[]} {
  const random = createRandom(seed);
  const names = ['service-a', 'service-b', 'service-c', 'service-d', 'database-a', 'database-b', 'database-c'];
  const changes = names.flatMap(name => monthOf(name, random)).sort((a, b) => a.minute - b.minute);
  return {changes, lines: changes.map(webhook)};
}

/** A percentile by the nearest-rank method. Converts minutes to seconds. */
function spread(minutes: readonly number[]) {
  const sorted = minutes.toSorted((a, b) => a - b).map(minute => minute * 60);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return sorted.length === 0 ? undefined : {p50: rank(0.5), p95: rank(0.95), longest: sorted.at(-1)};
}

function expectRule({head}: Backtest, name: string, {muted, cooldown, scripts, ...expected}: OracleRule): void {
  const found = head.rules.find(({rule}) => rule === name);
  const {opened, flapped, open, durations, matches, messages, topics} = expected;
  expect(found).toMatchObject({matches, messages, reports: topics});
  expect(Object.values(found?.scripts ?? {}).reduce((sum, n) => sum + n, 0)).toBe(scripts);
  expect(found?.heldMessages['muted'] ?? 0).toBe(muted);
  expect(found?.heldScripts['cooldown'] ?? 0).toBe(cooldown);
  if (name !== 'changed') {
    expect(found?.incidents).toMatchObject({opened, flapped, open});
    expect(found?.incidents?.seconds).toEqual(spread(durations));
  }
}

describe('a month of planted incidents, flaps and nights', () => {
  test.each(TRIES_ALL ? [1, 2, 3] : [1])('equals the brute-force oracle, seed %i', seed => {
    const {changes, lines} = aMonth(seed);
    const expected = oracle(changes, changes.at(-1)?.minute ?? 0, isService);
    const found = run(lines);
    expect(found.changes).toBe(changes.length);
    for (const [name, rule] of Object.entries(expected.rules)) expectRule(found, name, rule);
    expect(found.head.messages).toBe(expected.messages);
    const days = [...found.head.days].map(([day, counts]) => [
      (Date.parse(day) - START) / 86_400_000,
      counts.get('default'),
    ]);
    expect(new Map(days as [number, number][])).toEqual(new Map([...expected.days].toSorted(([a], [b]) => a - b)));
    // Checks that the month contains each case.
    expect(Object.keys(expected.rules.bad.topics).toSorted()).toEqual(
      ['firing', 'flapping', 'gave-up', 'recovered', 'reopened', 'stable', 'update'].filter(
        word => word in expected.rules.bad.topics,
      ),
    );
    expect(expected.rules.bad.flapped).toBeGreaterThan(0);
    expect(expected.rules.hot.muted).toBeGreaterThan(0);
  });

  test('does not depend on the order of the lines or on duplicates', () => {
    const {lines: month} = aMonth(7);
    const lines = TRIES_ALL ? month : month.slice(0, month.length / 3);
    const {recording: _, ...ordered} = run(lines);
    const random = createRandom(7);
    const shuffled = lines
      .map(line => ({line, key: random.next()}))
      .toSorted((a, b) => a.key - b.key)
      .map(({line}) => line);
    expect(run(shuffled)).toMatchObject(ordered);
    const {recording: __, changes: ___, cost: ____, ...twice} = run([...lines, ...lines]);
    expect(twice.head.rules.map(({heldMessages: _____, heldScripts: ______, ...rule}) => rule)).toEqual(
      ordered.head.rules.map(({heldMessages: _____, heldScripts: ______, ...rule}) => rule),
    );
    expect(twice.head.messages).toBe(ordered.head.messages);
  });
});
