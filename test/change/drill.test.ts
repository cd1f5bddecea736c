/** A drill reaches a run, and no rule reacts to it. Catalog text cannot turn a change into a drill. */
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {sift} from '../../relay/sift.ts';
import {DRILL_MARK, drillEvent, isDrill} from '../../src/change/drill.ts';
import {incomingOf} from '../../src/change/event/incoming.ts';
import {parseChange} from '../../src/change/event/parse-change.ts';
import {evaluate} from '../../src/decide/evaluate.ts';
import {isIncidentDue, portCommandsIn} from '../../src/incident-view/port-commands.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/values/a-change.ts';
import {automationWebhook} from '../helpers/values/automation-webhook.ts';

const RULES = parseRules(
  `version: 1
incidents: { blueprint: incident }
rules:
  - {name: any, blueprint: deploymentConfig, property: healthStatus, notify: true}
  - {name: created, blueprint: deploymentConfig, on: [created, updated, deleted], notify: true}
`,
  'rules',
);

function parsed(body: unknown) {
  const result = parseChange(body, '');
  if (result.kind !== 'change') throw new Error(result.reason);
  return result.change;
}

test('the mark makes a change a drill, and the relay forwards it with any rules', () => {
  const change = parsed(drillEvent('port-reactor-drill-1', '2026-11-20T12:28:18.477Z'));
  expect(change).toMatchObject({source: 'drill', entity: 'port-reactor-drill-1', action: 'CREATE'});
  expect(change.runId).toBeUndefined();
  expect(sift(RULES, change)).toEqual({isRelevant: true, transition: undefined});
  expect(incomingOf([change]).remarks).toEqual([expect.stringMatching(/^port-reactor-drill-1 is a drill/)]);
});

test('a release that does not know the mark has no rule for it', () => {
  const {[DRILL_MARK]: _, ...event} = drillEvent('port-reactor-drill-1', '2026-11-20T12:28:18.477Z') as Record<
    string,
    unknown
  >;
  expect(sift(RULES, parsed(event))).toMatchObject({isRelevant: false});
});

test('no rule matches a drill', () => {
  const change = aChange({source: 'drill'});
  expect(evaluate(RULES, {...change, source: 'automation'}).some(({matched}) => matched)).toBe(true);
  expect(evaluate(RULES, change)).toEqual([]);
  const ofIncident = aChange({source: 'drill', blueprint: 'incident', action: 'TIMER_EXPIRED', timer: 'due'});
  expect(isIncidentDue(RULES, ofIncident)).toBe(false);
  expect(portCommandsIn(RULES, ofIncident)).toEqual([]);
});

test('no text of an entity makes its change a drill', () => {
  const text = fc.constantFrom(
    DRILL_MARK,
    'port-reactor-drill-1',
    '_port_reactor_drill',
    'port-reactor doctor',
    'drill',
  );
  const values = fc.dictionary(text, fc.oneof(fc.constant(true), text, fc.dictionary(text, fc.constant(true))));
  fc.assert(
    fc.property(text, text, values, text, (blueprint, entity, properties, origin) => {
      const side = {properties, relations: properties};
      const change = aChange({
        blueprint,
        entity,
        title: entity,
        origin,
        by: {userId: origin},
        before: side,
        after: side,
      });
      expect(isDrill(parsed(automationWebhook(change, 'r_1')))).toBe(false);
    }),
  );
});
