import {describe, expect, test} from '@jest/globals';
import {incidentBlueprint} from '../../src/incident-view/incident-blueprint.ts';
import {changedEntities, entityOf} from '../../src/incident-view/incident-entity.ts';
import {emptyMemory, type Incident, type Shards} from '../../src/memory/format/format.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z') / 1000;
const context = {now: NOW, runUrl: 'https://github.com/acme/ops/actions/runs/1', isShown: () => true};

function anIncident(fields: Partial<Incident> = {}): Incident {
  return {
    ...{id: 'K7Q2M9', rule: 'degraded', blueprint: 'service', entity: 'checkout', title: 'Checkout', state: 'open'},
    ...{since: NOW - 60, at: (NOW - 60) * 1000, value: 'Degraded', attempts: 1, escalated: 0, turns: [], told: {}},
    ...fields,
  } as Incident;
}

const propertiesOf = (fields: Partial<Incident>) => entityOf(anIncident(fields), context)['properties'];

test('an open incident has its state, its times, a link and a relation to its entity', () => {
  expect(entityOf(anIncident({due: NOW + 60}), context)).toEqual({
    identifier: 'K7Q2M9',
    title: 'degraded: Checkout',
    properties: {
      state: 'open',
      rule: 'degraded',
      subjectBlueprint: 'service',
      subjectEntity: 'checkout',
      value: 'Degraded',
      since: '2026-11-20T11:59:00.000Z',
      closedAt: null,
      attempts: 1,
      links: [context.runUrl],
      due: '2026-11-20T12:01:00.000Z',
      acknowledged: false,
      acknowledgedBy: null,
      silencedUntil: null,
    },
    relations: {service: 'checkout'},
  });
});

test('an acknowledgement or a silence is shown until it ends', () => {
  const answers = {ack: {by: 'jane', at: NOW, until: NOW + 9}, silence: {by: 'joe', at: NOW, until: NOW + 60}};
  expect(propertiesOf(answers)).toMatchObject({
    acknowledged: true,
    acknowledgedBy: 'jane',
    silencedUntil: '2026-11-20T12:01:00.000Z',
  });
  const over = {ack: {by: 'jane', at: NOW - 9, until: NOW}, silence: {by: 'joe', at: NOW - 9, until: NOW}};
  expect(propertiesOf(over)).toMatchObject({acknowledged: false, acknowledgedBy: null, silencedUntil: null});
});

test('a past timer is cleared, because writing it again would start another run each time', () => {
  expect(propertiesOf({due: NOW})).toMatchObject({due: null});
});

test('a closed incident has no relation to its entity, which can be deleted', () => {
  expect(entityOf(anIncident({state: 'closed', closed: NOW}), context)).toMatchObject({
    properties: {state: 'closed', closedAt: '2026-11-20T12:00:00.000Z'},
    relations: {},
  });
});

describe('the written entities', () => {
  const shardsOf = (...incidents: Incident[]): Shards => new Map([[3, {...emptyMemory(3, 0), incidents}]]);
  const same = anIncident({id: 'AAAAAA'});

  test('are the changed and new incidents, and open ones that were removed', () => {
    const before = shardsOf(
      same,
      anIncident(),
      anIncident({id: 'BBBBBB'}),
      anIncident({id: 'CCCCCC', state: 'closed'}),
    );
    const after = shardsOf(same, anIncident({attempts: 2}), anIncident({id: 'DDDDDD'}));
    const entities = changedEntities(before, after, context) as {identifier: string; properties: object}[];
    expect(entities.map(({identifier, properties}) => [identifier, properties])).toEqual([
      ['K7Q2M9', expect.objectContaining({attempts: 2, state: 'open'})],
      ['DDDDDD', expect.objectContaining({state: 'open'})],
      ['BBBBBB', expect.objectContaining({state: 'closed', closedAt: '2026-11-20T12:00:00.000Z'})],
    ]);
  });
});

describe('the blueprint of incidents', () => {
  const rules = parseRules(
    `version: 1
incidents: {blueprint: portReactorIncident}
rules:
  - {name: a, blueprint: service, property: p, to: bad, notify: true}
  - {name: b, blueprint: service, property: q, above: 1, notify: true}
  - {name: c, blueprint: database, property: q, above: 1, notify: true}
  - {name: d, blueprint: team, notify: true}`,
    'rules.yml',
  );

  test('has every property and relation that an incident writes, and a relation for each blueprint with incidents', () => {
    const blueprint = incidentBlueprint(rules);
    const {properties, relations} = entityOf(anIncident(), context) as {properties: object; relations: object};
    expect(Object.keys(blueprint?.schema.properties ?? {}).toSorted()).toEqual(Object.keys(properties).toSorted());
    expect(Object.keys(blueprint?.relations ?? {})).toEqual(['service', 'database']);
    expect(Object.keys(blueprint?.relations ?? {})).toEqual(expect.arrayContaining(Object.keys(relations)));
    expect(blueprint?.schema.properties).toMatchObject({due: {format: 'timer'}, acknowledged: {type: 'boolean'}});
  });

  test('is not created without `incidents`', () => {
    const {incidents: _, ...others} = rules;
    expect(incidentBlueprint(others)).toBeUndefined();
  });
});
