import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {loadRules, parseRules} from '../../src/rules/parse-rules.ts';
import {isHalfKnown} from '../../src/rules/rules.ts';

const FILE = `version: 1
statuses:
  healthStatus: [Healthy, Crashed]
  size: [small, large]
routes:
  - {match: {team: payments}, slack: payments}
  - {match: {team: search}, slack: search}
  - {slack: default}
mute:
  - {name: nights, when: {from: "22:00", to: "06:00"}, zone: Europe/Berlin}
  - {name: weekends, when: {days: [sat, sun]}, zone: UTC}
silences:
  - {match: {team: payments}, until: 2999-01-01T00:00:00Z, owner: jane, reason: move}
  - {match: {team: search}, until: 2999-01-01T00:00:00Z, owner: jo, reason: load}
rules:
  - {name: first, blueprint: service, property: healthStatus, notify: true}
  - {name: second, blueprint: database, property: cpuUtil, above: 80, notify: true}
  - {name: third, blueprint: cluster, notify: true}
`;

const load = (text: string) => loadRules(text, 'rules.yml');

/** The active parts, by name or position. */
function activeParts(text: string) {
  const {value, error} = load(text);
  return {
    rules: value?.rules.map(({name}) => name),
    routes: value?.routes.map(({place}) => place),
    mute: value?.mute.map(({name}) => name),
    silences: value?.silences.map(({place}) => place),
    statuses: [...(value?.statuses.keys() ?? [])],
    mistakes: error?.problems.length ?? 0,
  };
}

const COMPLETE = {
  rules: ['first', 'second', 'third'],
  routes: ['routes[0]', 'routes[1]', 'routes[2]'],
  mute: ['nights', 'weekends'],
  silences: ['silences[0]', 'silences[1]'],
  statuses: ['healthStatus', 'size'],
  mistakes: 0,
};

const without = (part: 'rules' | 'routes' | 'mute' | 'silences' | 'statuses', ...names: string[]) => ({
  [part]: COMPLETE[part].filter(name => !names.includes(name)),
});

test('all parts of a file without mistakes are active', () => {
  expect(activeParts(FILE)).toEqual(COMPLETE);
  expect(load(FILE).value?.leftOut).toEqual({rules: []});
});

describe('a mistake disables only its own part', () => {
  test.each<[string, string, string, object]>([
    ['a mistyped key of a rule', 'above: 80', 'abov: 80', without('rules', 'second')],
    ['a wrong type', 'above: 80', 'above: high', without('rules', 'second')],
    ['a bad expression', 'above: 80', "if: 'after.('", without('rules', 'second')],
    ['a rule that is not a mapping', '{name: third, blueprint: cluster, notify: true}', 'x', without('rules', 'third')],
    ['a name that another rule has', 'name: third', 'name: first', without('rules', 'third')],
    ['a rule without a reaction', 'cluster, notify: true', 'cluster', without('rules', 'third')],
    ['a bad route', 'slack: search', 'slak: search', without('routes', 'routes[1]')],
    [
      'a route that is never reached',
      '{team: payments}, slack: p',
      '{}, slack: p',
      without('routes', 'routes[1]', 'routes[2]'),
    ],
    ['a route for a rule that does not exist', '{team: search}, s', '{rule: fist}, s', without('routes', 'routes[1]')],
    ['a bad window', 'zone: UTC', 'zone: Mars', without('mute', 'weekends')],
    ['a bad silence', 'owner: jane', 'owne: jane', without('silences', 'silences[0]')],
    ['a bad status', '[small, large]', '[small, small]', without('statuses', 'size')],
    ['a list that is not a list', 'routes:\n', 'routes:\n  x: 1\nroute:\n', {routes: []}],
    ['an unknown key of the file', 'statuses:\n', 'status:\n', {statuses: []}],
    ['a duplicate key', 'above: 80', 'above: 80, above: 90', without('rules', 'second')],
    ['a text that YAML reads as a tag', 'above: 80', 'to: !Healthy', without('rules', 'second')],
    ['a duplicate key of a route', 'slack: search}', 'slack: search, slack: x}', without('routes', 'routes[1]')],
    ['a duplicate key of the file', 'routes:\n', 'routes: []\nroutes:\n', {routes: []}],
    ['a mistyped version key', 'version: 1', 'verison: 1', {}],
    ['a version that is written as a text', 'version: 1', 'version: "1"', {}],
  ])('%s', (_name, part, broken, expected) => {
    expect(FILE).toContain(part);
    const {mistakes, ...rest} = activeParts(FILE.replace(part, () => broken));
    expect(mistakes).toBeGreaterThan(0);
    expect({...rest, mistakes: 0}).toEqual({...COMPLETE, ...expected});
  });

  test('the valid rules compile as they do in a file without mistakes', () => {
    const item = (index: number, isBroken: boolean) =>
      `  - {name: rule-${index}, blueprint: b${index % 3}, ${isBroken ? 'property: 1, ' : ''}notify: true}\n`;
    fc.assert(
      fc.property(fc.array(fc.boolean(), {minLength: 1, maxLength: 12}), broken => {
        const file = (flags: readonly boolean[]) =>
          `version: 1\nrules:\n${flags.map((flag, index) => item(index, flag)).join('')}`;
        const {value, error} = load(file(broken));
        const valid = parseRules(file(broken.map(() => false)), 'rules.yml');
        expect(value?.rules).toEqual(valid.rules.filter((_rule, index) => broken[index] === false));
        expect(value?.leftOut.rules.length).toBe(broken.filter(Boolean).length);
        expect(error?.problems.length ?? 0).toBe(broken.filter(Boolean).length);
      }),
    );
  });
});

describe('no rule is active', () => {
  test.each([
    ['text that is not YAML', 'rules: ['],
    ['an empty file', ''],
    ['a list', '- 1'],
    ['no rules', 'version: 1'],
    ['duplicate rules', `${FILE}rules: []`],
    ['cycles', FILE.replace('above: 80', 'from: &e [*e]')],
    ['an empty list of rules', 'version: 1\nrules: []'],
    ['rules that are not a list', 'version: 1\nrules: {a: 1}'],
    ['a later version', FILE.replace('version: 1', 'version: 2')],
  ])('from %s', (_name, text) => {
    const {value, error} = load(text);
    expect(value).toBeUndefined();
    expect(error?.message).toMatch(
      /^The rules file rules\.yml has (a mistake|\d mistakes). No change is decided until the file is fixed:/,
    );
  });
});

describe('a rule with mistakes can concern', () => {
  const loaded = (broken: string) =>
    load(FILE.replace('{name: third, blueprint: cluster, notify: true}', broken)).value;

  test.each([
    ['its blueprint', '{name: third, blueprint: cluster, notfy: true}', false, true],
    ['any blueprint, if its own is missing', '{name: third, bluprint: cluster, notify: true}', true, true],
    ['any blueprint, if its own is not a text', '{name: third, blueprint: 3, notify: true}', true, true],
    ['any blueprint, if it is not a mapping', 'third', true, true],
  ])('%s', (_name, broken, other, own) => {
    const rules = loaded(broken);
    if (rules === undefined) throw new Error('nothing is in force');
    expect([isHalfKnown(rules, 'service'), isHalfKnown(rules, 'cluster')]).toEqual([other, own]);
  });
});

test.each([
  ['owner: jane', 'owne: jane', undefined],
  ['owner: jane', 'owne: jane, remediate: keep', undefined],
  ['owner: jane', 'owne: jane, remediate: mute', 'silences[0]'],
  ['owner: jane', 'owner: jane, remediat: mute', 'silences[0]'],
  ['zone: UTC', 'zone: Mars, remediate: mute', 'mute[1]'],
  ['silences:\n  - {', 'silence:\n  - {remediate: mute, ', 'silence'],
])('a mute that cannot be read can forbid remediations: %s → %s', (part, broken, expected) => {
  expect(load(FILE.replace(part, broken)).value?.leftOut.mayForbidRemediations).toBe(expected);
});
