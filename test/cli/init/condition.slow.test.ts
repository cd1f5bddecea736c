import {execFileSync, spawnSync} from 'node:child_process';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parseChange} from '../../../src/change/event/parse-change.ts';
import {conditionOf} from '../../../src/cli/init/condition.ts';
import {endOf} from '../../../src/decide/ends.ts';
import {evaluate} from '../../../src/decide/evaluate.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import type {Rules} from '../../../src/rules/rules.ts';
import {HOSTILE_NAMES} from '../../helpers/values/changes.ts';
import {runs} from '../../helpers/values/runs.ts';

const ALL = ['CREATE', 'UPDATE', 'DELETE'] as const;

function rulesOf(...rules: readonly object[]): Rules {
  const named = rules.map((rule, index) => ({name: `rule-${index}`, blueprint: 'b', notify: true, ...rule}));
  return parseRules(JSON.stringify({version: 1, rules: named}), 'rules.yml');
}

function expressionsFor(...rules: readonly object[]): string[] {
  return conditionOf(rulesOf(...rules).rules, ALL);
}

describe('the condition', () => {
  test('of a rule with a property checks that the property changed', () => {
    expect(expressionsFor({property: 'healthStatus', on: ['created', 'updated', 'deleted']})).toEqual([
      '.diff.before.properties.healthStatus != .diff.after.properties.healthStatus',
    ]);
  });

  test('excludes the actions that the rule does not watch, if the trigger reports them', () => {
    const {rules} = rulesOf({property: 'p', on: 'created'});
    expect(conditionOf(rules, ALL)[0]).toMatch(/ and \.action != "UPDATE" and \.action != "DELETE"$/);
    expect(conditionOf(rules, ['CREATE'])[0]).not.toMatch(/action/);
  });

  test('has one expression for rules that watch the same changes', () => {
    const [first, second] = [{property: 'p', to: 'Degraded'}, {property: 'p'}];
    expect(expressionsFor(first, second, {property: 'p', to: 'Crashed'}, {property: 'q'})).toEqual([
      '.diff.before.properties.p != .diff.after.properties.p and .action != "DELETE"',
      '.diff.before.properties.p != .diff.after.properties.p',
      '.action != "CREATE" and .action != "UPDATE"',
      '.diff.before.properties.q != .diff.after.properties.q and .action != "DELETE"',
    ]);
  });

  test('is true if a rule watches every event', () => {
    const everything = {on: ['created', 'updated', 'deleted']};
    expect(expressionsFor({property: 'p'}, everything)).toEqual(['true']);
  });

  test('quotes names that are not identifiers of jq', () => {
    const on = ['created', 'updated', 'deleted'];
    expect(expressionsFor({property: 'cpu-util', on})[0]).toBe(
      '.diff.before.properties["cpu-util"] != .diff.after.properties["cpu-util"]',
    );
  });
});

/** Port evaluates conditions with jq. GitHub's runners have jq, but other machines possibly do not. */
const JQ = 'jq';
const hasJq = spawnSync(JQ, ['--version']).status === 0;
const jqTest = hasJq ? test : test.skip;

/** The result of jq for each expression and event. */
function askJq(expressions: readonly string[], events: readonly object[]): unknown[][] {
  const input = events.map(event => JSON.stringify(event)).join('\n');
  const output = execFileSync(JQ, ['-c', `[${expressions.map(text => `(${text})`).join(',')}]`], {input});
  return output
    .toString()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as unknown[]);
}

function anEvent(action: string, before: object | null, after: object | null): object {
  const side = (properties: object | null) => properties && {identifier: 'e', properties, relations: {}};
  return {
    action,
    resourceType: 'entity',
    trigger: {at: '2026-11-20T12:28:18.477Z', origin: 'UI', by: {}},
    context: {blueprintIdentifier: 'b', entityIdentifier: 'e', propertyIdentifier: null},
    diff: {before: side(before), after: side(after)},
  };
}

describe('jq evaluates the condition of', () => {
  const update = (from: unknown, to: unknown) => anEvent('UPDATE', {p: from, q: 1}, {p: to, q: 2});
  const created = (to: unknown) => anEvent('CREATE', null, {p: to});
  const deleted = (from: unknown) => anEvent('DELETE', {p: from}, null);

  jqTest.each([
    ['a property that changes', {}, update('Healthy', 'Degraded'), true],
    ['an unchanged property next to a changed one', {}, update('Healthy', 'Healthy'), false],
    ['a property that goes from null to absent', {}, update(null, undefined), false],
    ['a property that is set at creation', {}, created('Healthy'), true],
    ['a property that is not set at creation', {}, created(null), false],
    ['a property of a deleted entity', {}, deleted('Healthy'), false],
    ['a property of a deleted entity, on: deleted', {on: 'deleted'}, deleted('Healthy'), true],
    ['above: 80, 79.9 → 80', {above: 80}, update(79.9, 80), true],
    ['above: 80, 80 → 81', {above: 80}, update(80, 81), false],
    ['above: 80, 90 → 85', {above: 80}, update(90, 85), false],
    ['above: 80, 90 → 80', {above: 80}, update(90, 80), false],
    ['above: 80, 80 → 79', {above: 80}, update(80, 79), true],
    ['above: 80, 90 → null', {above: 80}, update(90, null), false],
    ['above: 80, null → 60', {above: 80}, update(null, 60), false],
    ['above: 80, deleted', {above: 80}, deleted(60), true],
    ['above: 80, clear: 70, 90 → 71', {above: 80, clear: 70}, update(90, 71), false],
    ['above: 80, clear: 70, 79 → 70', {above: 80, clear: 70}, update(79, 70), true],
    ['above: 80, clear: 70, 70 → 60', {above: 80, clear: 70}, update(70, 60), false],
    ['above: 80, on: created, 90 → 60', {above: 80, on: 'created'}, update(90, 60), true],
    ['below: 10, clear: 20, 15 → 20', {below: 10, clear: 20}, update(15, 20), true],
    [
      'to: Degraded, on: created, Degraded → Healthy',
      {to: 'Degraded', on: 'created'},
      update('Degraded', 'Healthy'),
      true,
    ],
    ['to: Degraded, deleted', {to: 'Degraded'}, deleted('Degraded'), true],
    ['above: 80, created at 85', {above: 80}, created(85), true],
    ['above: 80, "n/a" → 85', {above: 80}, update('n/a', 85), true],
    ['above: 80, null → 85', {above: 80}, update(null, 85), true],
    ['above: 80, 60 → "85"', {above: 80}, update(60, '85'), false],
    ['above: 80, 60 → null', {above: 80}, update(60, null), false],
    ['below: -5, 0 → -5', {below: -5}, update(0, -5), true],
    ['below: -5, -5 → -6', {below: -5}, update(-5, -6), false],
    ['below: -5, 0 → [-6]', {below: -5}, update(0, [-6]), false],
  ])('%s', (_, rule, event, expected) => {
    const answers = askJq(expressionsFor({property: 'p', ...rule}), [event]).flat();
    expect(answers.includes(true)).toBe(expected);
  });

  jqTest('a property of any name finds its value', () => {
    const names = ['cpu-util', 'a b', 'x"y\\(z', '\\', 'if', 'ü', '$x', ...HOSTILE_NAMES.filter(name => name !== '')];
    const expressions = names.flatMap(property => expressionsFor({property}));
    const values = (value: number) => Object.fromEntries(names.map(name => [name, value]));
    const answers = askJq(expressions, [
      anEvent('UPDATE', values(1), values(2)),
      anEvent('UPDATE', values(1), values(1)),
    ]);
    expect(answers).toEqual([names.map(() => true), names.map(() => false)]);
  });

  jqTest('any rules as true or false, and never as false for a match or the end of an incident', () => {
    const property = fc.constantFrom('healthStatus', 'cpu-util', 'a b', 'x"y\\(z', 'if', ...HOSTILE_NAMES.slice(0, 5));
    const value = fc.oneof(fc.constantFrom(null, 'Healthy', 'Degraded', '85', true), fc.integer({min: 70, max: 90}));
    const rule = fc.oneof(
      fc.record({property, on: anOn()}),
      fc.record({property, on: anOn(), to: fc.constantFrom('Degraded', null, 80)}),
      fc.record({property, on: anOn(), above: fc.constantFrom(80, -0.5, 1e21)}),
      fc.record({property, on: anOn(), above: fc.constant(85), clear: fc.constantFrom(85, 75, {at: -1})}),
      fc.record({property, on: anOn(), below: fc.constantFrom(80, -0.5)}),
      fc.record({property, on: anOn(), below: fc.constant(75), clear: fc.constantFrom(75, 85, {at: 80, for: '5m'})}),
      fc.record({on: anOn()}),
    );
    // Halves of surrogate pairs are omitted, because jq does not accept them.
    const values = fc.oneof(value, fc.jsonValue({stringUnit: 'grapheme'}));
    const properties = fc
      .dictionary(property, values, {maxKeys: 4})
      .map(copy => JSON.parse(JSON.stringify(copy)) as object);
    const event = fc
      .tuple(fc.constantFrom(...ALL), properties, properties)
      .map(([action, before, after]) =>
        anEvent(action, action === 'CREATE' ? null : before, action === 'DELETE' ? null : after),
      );
    fc.assert(
      fc.property(
        fc.array(rule, {minLength: 1, maxLength: 4}),
        fc.array(event, {minLength: 40, maxLength: 60}),
        (written, events) => {
          const rules = rulesOf(...written.filter(isPossible), {property: 'healthStatus'});
          const answers = askJq(conditionOf(rules.rules, ALL), events);
          expect(answers.flat().every(answer => typeof answer === 'boolean')).toBe(true);
          for (const [index, each] of events.entries()) {
            const parsed = parseChange(each, '2026-11-20T12:28:18.477Z');
            if (parsed.kind !== 'change') continue;
            const {change} = parsed;
            const matched = evaluate(rules, change).some(verdict => verdict.matched);
            const ended = rules.rules.some(one => endOf(one, change) === 'ended');
            if (matched || ended) expect(answers[index]).toContain(true);
          }
        },
      ),
      {numRuns: runs(20)},
    );
  });
});

function anOn(): fc.Arbitrary<string[]> {
  return fc.uniqueArray(fc.constantFrom('created', 'updated', 'deleted', 'timer-expired'), {minLength: 1});
}

/** False for combinations that the loader refuses, because they are never true. */
function isPossible(rule: object): boolean {
  try {
    rulesOf(rule);
    return true;
  } catch {
    return false;
  }
}
