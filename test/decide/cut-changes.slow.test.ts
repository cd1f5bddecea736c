/** The decision about a cut change is the same as about the whole change, or undecided. */
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {PayloadError} from '../../src/base/errors.ts';
import type {Change} from '../../src/change/change.ts';
import {leaveOutUnread} from '../../src/change/payload/drop-values.ts';
import {fitChange} from '../../src/change/payload/fit-change.ts';
import {bothSides} from '../../src/change/reads.ts';
import {changedProperties} from '../../src/change/transition.ts';
import {evaluate} from '../../src/decide/evaluate.ts';
import {matchesIn, plan} from '../../src/decide/plan.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {readsFor} from '../../src/rules/reads.ts';
import type {Rules} from '../../src/rules/rules.ts';
import {runs} from '../helpers/values/runs.ts';

const NAMES = ['healthStatus', 'locked', 'notes', 'LOCKED', 'environment', 'a.b'];
const LONG = 'needle '.repeat(60);

const expressions = fc
  .tuple(fc.constantFrom('after', 'before'), fc.constantFrom(...NAMES), fc.constantFrom('properties', 'relations'))
  .chain(([side, name, part]) =>
    fc.constantFrom(
      `${side}.${part}['${name}'] == 'needle'`,
      `contains(${side}.${part}['${name}'], 'needle')`,
      `!contains(toJSON(${side}.${part}), 'needle')`,
      `contains(${side}.${part}.*, 'needle')`,
      `contains(join(${side}.*.*), 'needle')`,
      `contains(${side}.${part}[format('{0}', change.property)], 'needle')`,
      `contains(toJSON(change.team), 'needle')`,
      `contains(toJSON(change.by), 'needle')`,
      `contains(change.title, 'needle')`,
      `${side}.title != change.title`,
      `contains(toJSON(${side}.team), 'needle')`,
      `contains(change.to, 'needle')`,
      `change.from == change.to`,
      `fromJSON(${side}.${part}['${name}']) == 1`,
      `contains((after || before).${part}['${name}'], 'needle')`,
      `${side} == null`,
      `${side}.${part} && true`,
    ),
  );
const conditions = fc.oneof(
  expressions,
  fc.tuple(expressions, fc.constantFrom('&&', '||'), expressions).map(([a, sign, b]) => `${a} ${sign} ${b}`),
  fc.tuple(expressions, fc.constantFrom('&&', '||'), expressions).map(([a, sign, b]) => `!(${a} ${sign} !(${b}))`),
);

const values = fc.oneof(
  fc.constantFrom('needle', 'hay', LONG, `${LONG}hay`, '1', '', null, 85, 20, true),
  fc.integer({min: 100, max: 900}).map(length => 'x'.repeat(length)),
  fc.array(fc.constantFrom('needle', 'hay', LONG), {maxLength: 4}),
);

const rule = fc.record({
  property: fc.option(fc.constantFrom(...NAMES)),
  condition: fc.option(conditions, {freq: 1}),
  edge: fc.constantFrom('', `to: needle`, `to: ["${LONG}", hay]`, `from: ["${LONG}", null]`, 'above: 80', 'below: 30'),
  text: fc.option(expressions),
});
const routes = fc.constantFrom(
  '',
  'routes: [{match: {team: needle}, slack: a}, {match: {environment: needle}, slack: b}, {slack: c}]',
  'routes: [{match: {entity: x, team: needle}, slack: a}, {slack: "{{ after.properties.notes }}", fallback: b}]',
  'routes: [{slack: "{{ change.team[0] }}", continue: true}, {slack: "{{ after.relations.notes }}"}]',
);
const mutes = fc.constantFrom(
  '',
  'silences: [{match: {team: needle}, until: 2099-01-01T00:00Z, owner: a, reason: b, remediate: mute}]',
  'silences: [{match: {environment: needle}, until: 2099-01-01T00:00Z, owner: a, reason: b}]',
);

const ruleSets: fc.Arbitrary<Rules> = fc
  .tuple(fc.array(rule, {minLength: 1, maxLength: 4}), routes, mutes)
  .map(([all, ...rest]) => {
    const written = all.map(({property, condition, edge, text}, index) => {
      const keys = [
        ...(property === null ? [] : [`property: ${property}`, ...(edge === '' ? [] : [edge])]),
        ...(condition === null ? [] : [`if: ${JSON.stringify(condition)}`]),
        `notify: ${text === null ? 'true' : `{text: ${JSON.stringify(`{{ ${text} }}`)}}`}`,
        'remediate: {run: x.sh}',
      ];
      return `  - {name: r${index}, blueprint: service, on: [created, updated, deleted], ${keys.join(', ')}}`;
    });
    return parseRules(['version: 1', ...rest, 'rules:', ...written].join('\n'), 'rules.yml');
  });

const parts = fc.dictionary(fc.constantFrom(...NAMES, 'unread1', 'unread2'), values, {maxKeys: 8});
const side = fc.record(
  {
    title: fc.constantFrom('needle', LONG),
    team: fc.array(fc.constantFrom('needle', 'hay', LONG), {maxLength: 30}),
    properties: parts,
    relations: parts,
  },
  {requiredKeys: ['properties', 'relations']},
);

const allChanges: fc.Arbitrary<Change> = fc
  .record({
    action: fc.constantFrom('CREATE', 'UPDATE', 'DELETE' as const),
    title: fc.constantFrom('needle', 'hay', LONG),
    team: fc.array(fc.constantFrom('needle', 'hay', LONG), {maxLength: 30}),
    email: fc.constantFrom('needle', LONG),
    before: side,
    after: side,
  })
  .map(({email, before, after, action, ...rest}) => ({
    ...{id: 'r_1', source: 'automation', blueprint: 'service', entity: 'e', at: '2026-11-20T12:00:00Z', origin: 'UI'},
    ...rest,
    action,
    by: {email},
    before: action === 'CREATE' ? null : before,
    after: action === 'DELETE' ? null : after,
  }));

/** Cuts the change as the relay does, with the rules of the action or without rules. */
function cut(
  change: Change,
  rules: Rules,
  {isKnown, isLean, share}: {isKnown: boolean; isLean: boolean; share: number},
): Change {
  const reads = isKnown ? readsFor(rules, 'service') : changedProperties(change).flatMap(bothSides);
  const lean = isLean ? leaveOutUnread(change, reads) : change;
  const bytes = Buffer.byteLength(JSON.stringify(lean));
  for (let room = Math.ceil(bytes * share); ; room += 1000) {
    try {
      return fitChange(lean, reads, room);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error; // the limit is too small even for the smallest form
    }
  }
}

const cuts = fc.record({isKnown: fc.boolean(), isLean: fc.boolean(), share: fc.double({min: 0, max: 1, noNaN: true})});
const NOW = {nowMs: Date.parse('2026-11-20T12:00:00Z'), known: ['a', 'b', 'c', 'needle', 'hay', 'default']};

test('verdicts, routes, mutes and texts of a cut change', () => {
  const seen = {cut: 0, undecided: 0, matched: 0, unknownReactions: 0};
  fc.assert(
    fc.property(ruleSets, allChanges, cuts, (rules, change, how) => {
      const fitted = cut(change, rules, how);
      const [whole, partial] = [evaluate(rules, change), evaluate(rules, fitted)];
      if (fitted.truncated !== undefined) seen.cut++;
      for (const [index, verdict] of partial.entries()) {
        if (verdict.undecided) seen.undecided++;
        else expect([index, verdict.matched, false]).toEqual([index, whole[index]?.matched, whole[index]?.undecided]);
      }
      const plans = [change, fitted].map((one, index) => {
        const watching = [whole, partial][index] ?? [];
        return plan(rules, [{change: one, watching}], NOW);
      });
      const [full, rest] = plans.map(matchesIn);
      for (const match of rest ?? []) {
        seen.matched++;
        if (match.undecided !== undefined) seen.unknownReactions++;
        else {
          const same = full?.find(({rule: {name}}) => name === match.rule.name);
          expect([match.destinations, match.mutes]).toEqual([same?.destinations, same?.mutes]);
        }
      }
      const allowed = new Set(plans[0]?.remediations.map(({match}) => match.rule.name));
      expect(plans[1]?.remediations.every(({match}) => allowed.has(match.rule.name))).toBe(true);
    }),
    {numRuns: runs(2_000)},
  );
  expect(seen.cut).toBeGreaterThan(50);
  expect(seen.undecided).toBeGreaterThan(10);
  expect(seen.unknownReactions).toBeGreaterThan(5);
  expect(seen.matched - seen.unknownReactions).toBeGreaterThan(5);
});
