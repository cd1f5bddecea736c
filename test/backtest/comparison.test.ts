import {describe, expect, test} from '@jest/globals';
import {backtest} from '../../src/backtest/backtest.ts';
import type {ComparisonResult} from '../../src/backtest/comparison.ts';
import {inMemory} from '../../src/backtest/recording.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/values/a-change.ts';

const rulesOf = (keys: string, head = '') =>
  parseRules(
    `version: 1\n${head}\nrules: [{blueprint: deploymentConfig, property: healthStatus, ${keys}}]\n`,
    'rules.yml',
  );

/** Three entities, an hour apart, degrade and recover ten minutes later. */
const CHANGES = [0, 60, 120].flatMap((minute, index) => {
  const at = (after: number) => new Date(Date.UTC(2026, 10, 20, 12, minute + after)).toISOString();
  const entity = `e${index}`;
  return [
    aChange({entity, title: entity, at: at(1), from: 'Healthy', to: index === 2 ? 'Crashed' : 'Degraded'}),
    aChange({entity, title: entity, at: at(11), from: index === 2 ? 'Crashed' : 'Degraded', to: 'Healthy'}),
  ];
});

function compare(base: string, head: string, shared: {base?: string; head?: string} = {}): ComparisonResult {
  const bytes = inMemory(Buffer.from(CHANGES.map(change => JSON.stringify(change)).join('\n')));
  const {comparison} = backtest(bytes, {
    rules: rulesOf(head, shared.head),
    base: rulesOf(base, shared.base),
    clockMs: 60_000,
  });
  if (comparison === undefined) throw new Error('nothing was compared');
  return comparison;
}

const BAD = 'name: bad, to: [Degraded, Crashed]';

test('renamed rules have no new and no removed messages', () => {
  expect(compare(`${BAD}, notify: true`, `${BAD}, notify: true`)).toMatchObject({
    base: 6,
    head: 6,
    new: {count: 0},
    gone: {count: 0},
    changed: {count: 0},
  });
  const renamed = compare(`${BAD}, notify: true`, `${BAD.replace('bad', 'worse')}, notify: true`);
  expect(renamed).toMatchObject({new: {count: 0}, gone: {count: 0}, changed: {count: 6, rules: {worse: 6}}});
  expect(renamed.changed.examples[0]?.differences).toEqual(['rule: bad → worse']);
});

test('shows removed and new messages with their entities', () => {
  const narrower = compare(`${BAD}, notify: true`, 'name: bad, to: Crashed, notify: true');
  expect(narrower).toMatchObject({base: 6, head: 2, gone: {count: 4, rules: {bad: 4}}, new: {count: 0}});
  expect(narrower.gone.examples.map(({entity, reports}) => `${entity} ${reports}`)).toEqual([
    'e0 firing',
    'e0 recovered',
    'e1 firing',
    'e1 recovered',
  ]);
  const wider = compare('name: bad, to: Crashed, notify: true', `${BAD}, notify: true`);
  expect(wider).toMatchObject({base: 2, head: 6, new: {count: 4}, gone: {count: 0}});
  expect(wider.head).toBe(wider.base - wider.gone.count + wider.new.count);
});

describe('a message is changed', () => {
  test.each([
    ['severity: critical, notify: true', 'severity: info → critical'],
    ['notify: {slack: ops}', 'destination: default → ops'],
    ['notify: {mention: "<!here>"}', 'mention: none → <!here>'],
    ['notify: {runbook: "https://wiki.example.com"}', 'runbook: none → https://wiki.example.com'],
    ['notify: {text: "now {{ change.to }}"}', 'text: none → now Degraded'],
  ])('%s', (keys, difference) => {
    const {changed, gone, new: added} = compare(`${BAD}, notify: true`, `${BAD}, ${keys}`);
    expect({changed: changed.count, gone: gone.count, new: added.count}).toEqual({changed: 6, gone: 0, new: 0});
    expect(changed.examples[0]?.differences).toEqual([difference]);
  });

  test('but not if it is only sent later', () => {
    const {changed, gone, new: added} = compare(`${BAD}, notify: true`, `${BAD}, for: 5m, notify: true`);
    expect({gone: gone.count, new: added.count, changed: changed.count}).toEqual({gone: 0, new: 0, changed: 3});
    expect(changed.examples[0]?.differences).toEqual(['time: 300 s later']);
  });

  test('by another destination of a route', () => {
    const {changed} = compare(`${BAD}, notify: true`, `${BAD}, notify: true`, {
      head: 'routes: [{match: {entity: e1}, slack: one}]',
    });
    expect(changed.examples.map(({entity, differences}) => [entity, ...differences])).toEqual([
      ['e1', 'destination: default → one'],
      ['e1', 'destination: default → one'],
    ]);
  });
});
