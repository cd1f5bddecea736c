import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {parseRules} from '../../src/rules/parse-rules.ts';
import type {Rules} from '../../src/rules/rules.ts';

const good = (name: string): Rules =>
  parseRules(readFileSync(new URL(`../fixtures/rules/good/${name}.yml`, import.meta.url), 'utf8'), name);

/** Expressions contain a function, so they are compared by their source and names. */
const plain = ({rules}: Rules) =>
  rules.map(({if: condition, notify, ...rule}) => ({
    ...rule,
    ...(notify && {notify: notify.text ? {...notify, text: notify.text.source} : notify}),
    ...(condition && {if: condition.source, reads: condition.properties}),
  }));

const oneRule = (keys: string) => plain(parseRules(`version: 1\nrules:\n  - {name: a, blueprint: b, ${keys}}`, 'x'))[0];

test("the contract's example compiles", () => {
  const rules = good('contract');
  expect(plain(rules)).toStrictEqual([
    {
      name: 'health-changed',
      blueprint: 'deploymentConfig',
      on: ['CREATE', 'UPDATE'],
      property: 'healthStatus',
      severity: 'info',
      notify: {},
    },
    {
      name: 'deployment-degraded',
      blueprint: 'deploymentConfig',
      on: ['CREATE', 'UPDATE'],
      property: 'healthStatus',
      from: ['Healthy'],
      to: ['Degraded', 'Crashed'],
      severity: 'critical',
      notify: {mention: '<!subteam^S0123>', runbook: 'https://example.com/runbook'},
      remediate: {
        run: '.github/remediations/scale-up.sh',
        attempts: 3,
        cooldownMs: 900_000,
        timeoutMs: 300_000,
        env: {},
        pass: [],
      },
      if: 'after.properties.locked != true',
      reads: ['locked'],
    },
    {
      name: 'database-cpu-high',
      blueprint: 'database',
      on: ['CREATE', 'UPDATE'],
      property: 'cpuUtil',
      above: 80,
      clear: {at: 70},
      severity: 'info',
      remediate: {run: '.github/remediations/close-stale-connections.sh', timeoutMs: 300_000, env: {}, pass: []},
    },
  ]);
  expect(rules.routes).toEqual([
    {place: 'routes[0]', match: {team: ['payments']}, slack: ['payments'], continue: false},
    {place: 'routes[1]', match: {}, slack: ['default'], continue: false},
  ]);
  expect(rules.statuses).toEqual(new Map([['healthStatus', ['Healthy', 'Restarting', 'Degraded', 'Crashed']]]));
  expect([...rules.byBlueprint].map(([blueprint, watching]) => [blueprint, watching.map(({name}) => name)])).toEqual([
    ['deploymentConfig', ['health-changed', 'deployment-degraded']],
    ['database', ['database-cpu-high']],
  ]);
});

test('every key is compiled', () => {
  const rules = good('every-key');
  expect(plain(rules)[0]).toStrictEqual({
    name: 'full',
    blueprint: 'service',
    on: ['CREATE', 'UPDATE', 'DELETE', 'TIMER_EXPIRED'],
    property: 'health',
    from: ['ok', null, 1, true],
    to: ['bad'],
    severity: 'critical',
    notify: {
      mention: '<!subteam^S0123> <!subteam^S0124|sre> <@U0123> <!here>',
      runbook: 'https://example.com/runbook?a=1#b',
      slack: ['payments'],
      text: '{{ change.title }} is {{ after.properties.health }} at {{ after.properties.load }}',
    },
    remediate: {
      run: '.github/remediations/scale-up.sh',
      attempts: 3,
      cooldownMs: 3_600_000,
      timeoutMs: 20_000,
      env: {REPLICAS: '3', NAME: 'web', DRY: 'false', EMPTY: ''},
      pass: ['KUBE_TOKEN'],
    },
    if: 'before && after.properties.locked != true',
    reads: ['locked'],
  });
  expect(rules.routes[0]).toEqual({
    place: 'routes[0]',
    match: {
      blueprint: ['service'],
      entity: ['a/b', 'c', 'web-*'].map(source => expect.objectContaining({source})),
      team: ['payments'],
      property: ['health'],
      severity: ['critical', 'warning'],
      rule: ['full'],
      environment: ['production'],
    },
    slack: ['payments', expect.objectContaining({source: 'after.properties.slackChannelName'})],
    fallback: 'on-call',
    continue: true,
  });
  expect(rules.mute).toEqual([
    {
      name: 'nights',
      zone: 'Europe/Berlin',
      spans: [
        [1320, 1800],
        [2760, 3240],
        [4200, 4680],
        [5640, 6120],
        [7080, 10_080],
      ],
      match: {severity: ['info', 'warning']},
      reason: 'no one is on call',
      stopsRemediations: false,
    },
    {name: 'lunch', zone: 'UTC', spans: [[2160, 2220]], match: {}, stopsRemediations: true},
  ]);
  expect(rules.silences).toEqual([
    {
      place: 'silences[0]',
      match: {entity: [expect.objectContaining({source: 'c'})]},
      fromMs: Date.UTC(2026, 11, 1, 17),
      untilMs: Date.UTC(2026, 11, 2, 18),
      until: '2026-12-02T18:00Z',
      owner: 'jane@example.com',
      reason: 'moves to another cluster',
      stopsRemediations: true,
    },
    {
      place: 'silences[1]',
      match: {},
      untilMs: Date.UTC(2027, 0, 1),
      until: '2027-01-01T00:00:00.000Z',
      owner: 'sre',
      reason: 'freeze',
      stopsRemediations: false,
    },
  ]);
});

describe('a key that is missing', () => {
  test.each([
    ['notify: true', {notify: {}}],
    ['notify: {}', {notify: {}}],
    ['notify: false, remediate: {job: j}', {remediate: {job: 'j', timeoutMs: 300_000, env: {}, pass: []}}],
    ['notify: true, to: null, property: p', {notify: {}, property: 'p', to: [null]}],
    ['notify: true, on: deleted', {notify: {}, on: ['DELETE']}],
  ])('has its default next to %s', (keys, expected) => {
    expect(oneRule(keys)).toStrictEqual({
      name: 'a',
      blueprint: 'b',
      on: ['CREATE', 'UPDATE'],
      severity: 'info',
      ...expected,
    });
  });

  test('has empty routes, mute, silences and statuses', () => {
    expect(good('smallest')).toMatchObject({routes: [], mute: [], silences: [], statuses: new Map()});
  });
});

test('anchors and merge keys are resolved', () => {
  expect(
    plain(good('anchors')).map(({name, blueprint, severity, notify}) => ({name, blueprint, severity, notify})),
  ).toEqual([
    {name: 'first', blueprint: 'service', severity: 'warning', notify: {mention: '<!here>'}},
    {name: 'second', blueprint: 'service', severity: 'critical', notify: {mention: '<!here>'}},
    {name: 'third', blueprint: 'database', severity: 'info', notify: {mention: '<!here>'}},
  ]);
});

test('a variable of a script keeps its written text, not the value that YAML reads', () => {
  const env = 'VERSION: 3.10, CODE: 0123, HEX: 0x10, YES: True, TEXT: "3.10"';
  expect(oneRule(`remediate: {run: a.sh, env: {${env}}}`)?.remediate).toMatchObject({
    env: {VERSION: '3.10', CODE: '0123', HEX: '0x10', YES: 'True', TEXT: '3.10'},
  });
});
