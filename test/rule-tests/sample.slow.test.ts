/** The tests that ship with the sample rules pass, and a change of any condition makes one fail. */
import {readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import {parse, stringify} from 'yaml';
import {ConfigError} from '../../src/base/errors.ts';
import {parseRuleTests} from '../../src/rule-tests/parse-rule-tests.ts';
import {runRuleTests} from '../../src/rule-tests/run-rule-tests.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {sampled} from '../helpers/values/runs.ts';

type Written = Record<string, unknown>;

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const RULES = read('.github/port-reactor.yml');
const TESTS = parseRuleTests(read('.github/port-reactor.test.yml'), 'tests.yml', {rules: undefined, readText: read});

/** The names of the tests that fail with these rules, or a note that the loader refuses them. */
function failures(rules: string): string[] {
  try {
    const results = runRuleTests(parseRules(rules, 'rules.yml'), TESTS);
    return results.filter(({passed}) => !passed).map(({name}) => name);
  } catch (error) {
    if (error instanceof ConfigError) return ['refused'];
    throw error;
  }
}

const written = parse(RULES) as {statuses: Record<string, string[]>; rules: Written[]};

interface Mutant {
  readonly what: string;
  /** By default, the tests try one mutant of each kind. */
  readonly kind: string;
  readonly rules: string;
}

function mutantsOf(): Mutant[] {
  const ofRules = written.rules.flatMap((rule, index) =>
    changesOf(rule).map(({what, kind, change}) => {
      const changed = Object.fromEntries(
        Object.entries({...rule, ...change}).filter(([, value]) => value !== undefined),
      );
      return {
        what: `${String(rule['name'])}: ${what}`,
        kind: `${String(rule['name'])}: ${kind}`,
        rules: stringify({...written, rules: written.rules.with(index, changed)}),
      };
    }),
  );
  const ofStatuses = Object.entries(written.statuses).flatMap(([property, ranks]) =>
    [
      {what: 'statuses: reversed', kind: 'reversed', ranks: ranks.toReversed()},
      ...ranks.map((rank, index) => ({
        what: `statuses: without ${rank}`,
        kind: 'without a status',
        ranks: ranks.toSpliced(index, 1),
      })),
      ...ranks.slice(1).map((rank, index) => ({
        what: `statuses: ${rank} before ${ranks[index]}`,
        kind: 'two statuses exchanged',
        ranks: ranks.with(index, rank).with(index + 1, ranks[index] ?? ''),
      })),
    ].map(({what, kind, ranks: mutated}) => ({
      ...{what, kind},
      rules: stringify({...written, statuses: {[property]: mutated}}),
    })),
  );
  const withoutRules = written.rules.map(({name}, index) => ({
    what: `without ${String(name)}`,
    kind: `without ${String(name)}`,
    rules: stringify({...written, rules: written.rules.toSpliced(index, 1)}),
  }));
  return [...ofRules, ...ofStatuses, ...withoutRules];
}

interface Mutation {
  readonly what: string;
  readonly kind: string;
  readonly change: Written;
}

/** Every condition and reaction of a rule, changed or, if it is still a rule, left out. */
function changesOf(rule: Written): Mutation[] {
  const set = (key: string, ...values: unknown[]): Mutation[] =>
    values.map(value => ({
      what: value === undefined ? `without ${key}` : `${key}: ${JSON.stringify(value)}`,
      kind: value === undefined || value === null ? `${key}: ${value}` : key,
      change: {[key]: value},
    }));
  const has = (key: string) => rule[key] !== undefined;
  const {above, remediate} = rule as {above?: number; remediate?: Written};
  return [
    ...set('blueprint', 'service', 'other'),
    ...set('property', 'locked', 'cpuUtil', 'memoryUtil', 'healthStatus').filter(
      ({change}) => change['property'] !== rule['property'],
    ),
    ...(has('from') || has('to') || has('above') ? [] : set('property', undefined)),
    ...set(
      'on',
      ...subsetsOf(['created', 'updated', 'deleted', 'timer-expired']).filter(on => on.join() !== 'created,updated'),
    ),
    ...(has('from') ? set('from', undefined, null, ...itemChanges(rule['from'])) : set('from', ...STATUSES)),
    ...(has('to') ? set('to', undefined, null, ...itemChanges(rule['to'])) : set('to', ...STATUSES)),
    ...(above === undefined
      ? set('above', 80)
      : [
          ...set('above', undefined, above - 1, above + 1, above * 2),
          {what: 'below', kind: 'below', change: {above: undefined, below: above}},
        ]),
    ...(has('if')
      ? set(
          'if',
          undefined,
          `!(${String(rule['if'])})`,
          'after.properties.locked != false',
          'after.properties.locked == true',
          'before.properties.locked != true',
        )
      : set('if', 'after.properties.locked == true')),
    ...set('severity', 'info', 'warning', 'critical').filter(
      ({change}) => change['severity'] !== (rule['severity'] ?? 'info'),
    ),
    ...(remediate === undefined ? [] : set('notify', false, undefined)),
    ...set('notify', {slack: 'elsewhere'}),
    ...set('remediate', {run: '.github/remediations/other.sh'}, {job: 'other'}),
    ...(remediate === undefined ? [] : set('remediate', undefined)),
  ];
}

const STATUSES = ['Healthy', 'Degraded'];

/** The list without each of its items, with one more item, and with each item replaced. */
function itemChanges(value: unknown): unknown[] {
  const items = [value].flat();
  const all = written.statuses['healthStatus'] ?? [];
  return [
    ...(items.length > 1 ? items.map((_item, index) => items.toSpliced(index, 1)) : []),
    ...all.filter(status => !items.includes(status)).map(status => [...items, status]),
    ...items.map((_item, index) => items.with(index, 'another')),
  ];
}

function subsetsOf<T>(items: readonly T[]): T[][] {
  const numbers = Array.from({length: 2 ** items.length - 1}, (_one, index) => index + 1);
  return numbers.map(bits => items.filter((_item, index) => bits & (1 << index)));
}

/** Whether a mutant decides like the original: it adds a case that cannot happen, or removes one that never happened. */
function isEquivalent(what: string): boolean {
  const [name = '', change = ''] = what.split(/: (.*)/);
  // With `from: Healthy` and `to`, or `above`, a created or deleted entity never matches.
  const on = /^on: (.*)/.exec(change)?.[1];
  if (on === undefined || !on.includes('updated')) return false;
  return name === 'deployment-degraded' || (name === 'database-cpu-high' && on.includes('created'));
}

const mutants = mutantsOf();

test('the shipped tests pass', () => {
  expect(failures(RULES)).toEqual([]);
  expect(TESTS.length).toBeGreaterThan(10);
});

test('there are mutants of every rule', () => {
  expect(mutants.length).toBeGreaterThan(100);
});

test.each(
  sampled(
    mutants.filter(({what}) => !isEquivalent(what)),
    ({kind}) => kind,
  ),
)('a shipped test fails with the mutation $what', ({rules}) => {
  expect(failures(rules)).not.toEqual([]);
});

test.each(
  sampled(
    mutants.filter(({what}) => isEquivalent(what)),
    ({kind}) => kind,
  ),
)('the mutation $what changes nothing', ({rules}) => {
  expect(failures(rules)).toEqual([]);
});
