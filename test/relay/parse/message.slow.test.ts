import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parsePortMessage, skimMessage} from '../../../relay/parse/message.ts';
import {sift} from '../../../relay/sift.ts';
import type {Change} from '../../../src/change/change.ts';
import {loadRules, parseRules} from '../../../src/rules/parse-rules.ts';
import type {Rules} from '../../../src/rules/rules.ts';
import {jsonValues} from '../../helpers/values/changes.ts';
import {portBody, portBodyNames} from '../../helpers/values/fixtures.ts';

const AT = '2026-03-02T09:15:00.000Z';

const rulesOf = (rules: string) => parseRules(`version: 1\nrules:\n${rules}`, 'rules.yml');

const RULES = rulesOf(`
  - {name: health, blueprint: deploymentConfig, property: healthStatus, from: Healthy, to: [Degraded, Crashed], if: after.properties.LOCKED != true, notify: true}
  - {name: until-healthy, blueprint: deploymentConfig, property: healthStatus, to: Degraded, clear: {to: Healthy}, notify: true}
  - {name: cpu, blueprint: database, property: cpuUtil, above: 80, clear: 70, notify: true}
  - {name: memory, blueprint: database, property: memory, below: 5, if: "contains(before.properties.tags, 'prod')", notify: true}
  - {name: moved, blueprint: service, if: before.relations.owner != after.relations.owner, notify: true}
  - {name: expired, blueprint: service, property: ttl, on: timer-expired, notify: true}
  - {name: gone, blueprint: database, on: deleted, notify: true}
  - {name: team, blueprint: service, if: "contains(change.team, 'payments') && change.by.byPort", notify: true}
`);

const INCIDENTS = parseRules(
  'version: 1\nincidents: {blueprint: incident}\nrules:\n  - {name: cpu, blueprint: database, property: cpuUtil, above: 80, notify: true}',
  'rules.yml',
);

const HALF_KNOWN = loadRules(
  'version: 1\nrules:\n  - {name: cpu, blueprint: database, property: cpuUtil, above: 80, notify: true}\n  - {name: odd, blueprint: service, property: 1, notify: true}',
  'rules.yml',
).value as Rules;

const status = fc.constantFrom('Healthy', 'Degraded', 'Crashed', 'healthy', null, 80);
const number = fc.oneof(fc.constantFrom(3, 5, 70, 80, 90, '90', null), fc.double());
const {any} = fc.letrec(() => ({any: jsonValues}));
const part = (values: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .tuple(
      fc.record(values, {requiredKeys: []}),
      fc.dictionary(fc.constantFrom('readme', 'url', 'Locked', 'properties', '__proto__', 'größe', 'x"y'), any, {
        maxKeys: 3,
      }),
    )
    .map(parts => Object.fromEntries(parts.flatMap(Object.entries)));
const usually = <T, U>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<U>) =>
  fc.oneof({weight: 19, arbitrary: usual}, {weight: 1, arbitrary: other});
const side = fc.option(
  fc.record(
    {
      title: fc.option(fc.string()),
      team: usually(fc.constantFrom(['payments'], 'payments', null), any),
      properties: fc.oneof(
        {
          weight: 9,
          arbitrary: part({
            healthStatus: status,
            cpuUtil: number,
            memory: number,
            locked: fc.boolean(),
            acknowledged: fc.boolean(),
            silencedUntil: fc.constantFrom(null, '2026-12-01T18:00:00.000Z'),
            tags: any,
            ttl: any,
          }),
        },
        {weight: 1, arbitrary: any},
      ),
      relations: part({owner: fc.constantFrom('a', 'b', null), hosts: any}),
    },
    {requiredKeys: []},
  ),
);
const event = fc.record(
  {
    action: usually(fc.constantFrom('CREATE', 'UPDATE', 'DELETE', 'TIMER_EXPIRED'), fc.constant('BUILT')),
    resourceType: usually(fc.constant('entity'), fc.constant('run')),
    trigger: fc.record({by: fc.record({byPort: fc.boolean()}), at: usually(fc.constant(AT), fc.constant('yesterday'))}),
    context: fc.record(
      {
        blueprintIdentifier: fc.constantFrom('deploymentConfig', 'database', 'service', 'incident', 'other'),
        entityIdentifier: usually(fc.constant('checkout'), fc.constant('')),
        propertyIdentifier: fc.constantFrom('ttl', 'due', 'other', null),
      },
      {requiredKeys: ['blueprintIdentifier', 'entityIdentifier']},
    ),
    diff: fc.record({before: side, after: side}),
    runId: usually(fc.constantFrom('r_1', 'r_2'), fc.constantFrom('wfr_3', 7)),
  },
  {requiredKeys: ['action', 'context', 'diff']},
);
/** Changes as Port sends them: both sides are nearly equal. */
const update = fc
  .tuple(event, part({cpuUtil: number, healthStatus: status, locked: fc.boolean()}))
  .map(([{diff, ...event}, edits]) => {
    const {before} = diff;
    const properties = {...(before?.properties as object | undefined), ...edits};
    return {...event, diff: {before, after: {...before, properties}}};
  });
const bodies = fc.oneof(
  event,
  update,
  event.map(event => ({event, run: {id: 'r_4'}})),
  event.map(({runId, ...event}) => ({port: JSON.stringify({event}), runId})),
);

describe('skimMessage', () => {
  test.each([
    ['rules', RULES],
    ['rules with mistakes', HALF_KNOWN],
    ['rules with incidents in Port', INCIDENTS],
  ])(
    'with %s, gives the same decision as the full message: a rule reacts, an incident ends, or a rule is undecided',
    (_, rules) => {
      let [ignored, relevant] = [0, 0];
      fc.assert(
        fc.property(bodies, body => {
          const bytes = Buffer.from(JSON.stringify(body));
          const skimmed = outcomeOf(() => skimMessage(bytes, rules, AT));
          if (skimmed === undefined) return;
          const full = outcomeOf(() => {
            const parsed = parsePortMessage(bytes, AT);
            return parsed.kind === 'change' ? parsed.change : undefined;
          });
          expect(decisionOn(skimmed, rules)).toEqual(decisionOn(full, rules));
          if (typeof skimmed === 'string') return;
          if (sift(rules, skimmed).isRelevant) relevant++;
          else ignored++;
        }),
        {numRuns: 600}, // always all of them, because a change that is ignored by mistake is lost
      );
      expect(Math.min(ignored, relevant)).toBeGreaterThan(0);
    },
  );

  test('every recorded message of Port gets the same decision', () => {
    for (const name of portBodyNames()) {
      const bytes = Buffer.from(JSON.stringify({...(portBody(name) as object), runId: 'r_1'}));
      const skimmed = outcomeOf(() => skimMessage(bytes, RULES, AT));
      const parsed = outcomeOf(() => parsePortMessage(bytes, AT));
      const full = typeof parsed === 'object' && parsed.kind === 'change' ? parsed.change : undefined;
      if (typeof skimmed === 'object') expect(decisionOn(skimmed, RULES)).toEqual(decisionOn(full, RULES));
    }
  });

  const change = (properties: unknown) =>
    Buffer.from(
      JSON.stringify({
        action: 'UPDATE',
        context: {blueprintIdentifier: 'database', entityIdentifier: 'orders'},
        diff: {before: {properties}, after: {properties}},
        runId: 'r_1',
      }),
    );

  test('keeps only what a rule reads, in any letter case', () => {
    const skimmed = skimMessage(change({cpuUtil: 3, readme: 'x', LOCKED: 1}), RULES, AT);
    expect(skimmed).toMatchObject({id: 'r_1', entity: 'orders'});
    expect(skimmed?.after?.properties).toEqual({cpuUtil: 3, LOCKED: 1});
  });

  test.each(['toJSON(after.properties) != null', "after.properties[change.entity] == 'x'", 'after.properties.* == 1'])(
    'does not skim if a rule can read everything: %s',
    condition => {
      const rules = rulesOf(`  - {name: any, blueprint: other, if: ${JSON.stringify(condition)}, notify: true}`);
      expect(skimMessage(change({}), rules, AT)).toBeUndefined();
    },
  );

  test('a change without its own run has an id that depends on all that changed', () => {
    const {runId, ...event} = JSON.parse(change({cpuUtil: 3, tags: ['a']}).toString());
    event.diff.after.properties = {cpuUtil: 3, tags: ['b'], readme: 'x'};
    for (const message of [event, {...event, diff: {...event.diff, before: null}}]) {
      const bytes = Buffer.from(JSON.stringify(message));
      const full = parsePortMessage(bytes, AT);
      expect(skimMessage(bytes, RULES, AT)?.id).toBe(full.kind === 'change' && full.change.id);
    }
    const ofSharedRun = Buffer.from(JSON.stringify({...event, runId: 'wfr_1'}));
    expect(skimMessage(ofSharedRun, RULES, AT)).toBeUndefined(); // parsed in full
  });

  test('keeps the commands of a person for an incident in Port', () => {
    const skimmed = skimMessage(change({acknowledged: true, silencedUntil: null, readme: 'x'}), INCIDENTS, AT);
    expect(skimmed?.after?.properties).toEqual({acknowledged: true, silencedUntil: null});
  });

  test('drops what only messages and routes read', () => {
    const rules = parseRules(
      `version: 1
routes: [{match: {environment: prod}, slack: "\${{ after.properties.channel }}", fallback: default}, {slack: default}]
rules:
  - {name: cpu, blueprint: database, property: cpuUtil, above: 80, notify: {text: "{{ toJSON(after.properties) }}"}}`,
      'rules.yml',
    );
    const skimmed = skimMessage(change({cpuUtil: 3, environment: 'prod', channel: 'x'}), rules, AT);
    expect(skimmed?.after?.properties).toEqual({cpuUtil: 3});
  });
});

/** The message of a refusal. */
function outcomeOf<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return (error as Error).message;
  }
}

function decisionOn(change: Change | string | undefined, rules: Rules) {
  if (typeof change !== 'object') return change;
  const {id, runId, source, action, blueprint, entity} = change;
  return {id, runId, source, action, blueprint, entity, sifted: sift(rules, change)};
}
