import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {incidentSubject, portCommandsIn} from '../../src/incident-view/port-commands.ts';
import {INCIDENT_READS} from '../../src/rules/incident-properties.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {readsFor} from '../../src/rules/reads.ts';
import {aChange, type ChangeOptions} from '../helpers/values/a-change.ts';

const RULE = '{name: r, blueprint: service, property: health, to: bad, notify: true}';
const rules = parseRules(`version: 1\nincidents: {blueprint: incident}\nrules: [${RULE}]`, 'rules.yml');
const without = parseRules(`version: 1\nrules: [${RULE}]`, 'rules.yml');
const SUBJECT = {subjectBlueprint: 'service', subjectEntity: 'checkout'};
const JANE = {userId: 'auth0|1', email: 'jane@example.com'};
const UNTIL = '2026-12-01T18:00:00.000Z';

const changed = (options: ChangeOptions) =>
  aChange({blueprint: 'incident', entity: 'K7Q2M9', by: JANE, properties: SUBJECT, ...options});

const BASE = {incident: 'K7Q2M9', by: 'jane@example.com'};

test.each<[string, ChangeOptions, object[]]>([
  ['acknowledges', {property: 'acknowledged', from: null, to: true}, [{...BASE, do: 'acknowledge'}]],
  ['ends the acknowledgement', {property: 'acknowledged', from: true, to: null}, [{...BASE, do: 'unacknowledge'}]],
  [
    'silences',
    {property: 'silencedUntil', to: UNTIL, from: null},
    [{...BASE, do: 'silence', until: Date.parse(UNTIL) / 1000}],
  ],
  [
    'silences for longer',
    {property: 'silencedUntil', to: UNTIL, from: '2026-11-30T00:00Z'},
    [{...BASE, do: 'silence', until: Date.parse(UNTIL) / 1000}],
  ],
  ['ends the silence', {property: 'silencedUntil', from: UNTIL, to: undefined}, [{...BASE, do: 'unsilence'}]],
  [
    'silences until a time in the past',
    {property: 'silencedUntil', from: null, to: '2020-01-01T00:00Z'},
    [{...BASE, do: 'unsilence'}],
  ],
  ['writes an invalid value', {property: 'silencedUntil', from: null, to: {a: 1}}, [{...BASE, do: 'unsilence'}]],
  ['changes another property', {property: 'state', from: 'open', to: 'closed'}, []],
  ['writes the same value', {property: 'acknowledged', from: true, to: true}, []],
])('the commands if a person %s', (_, options, asked) => {
  expect(portCommandsIn(rules, changed(options), 'client')).toEqual(asked);
});

test.each([[{userId: 'client'}], [{userId: 'client@clients'}], [{byPort: true}]])(
  'a change by %j is not a command',
  by => {
    expect(portCommandsIn(rules, changed({property: 'acknowledged', from: false, to: true, by}), 'client')).toEqual([]);
  },
);

test('without `incidents`, and for other blueprints, there is no command and no subject', () => {
  const change = changed({property: 'acknowledged', from: false, to: true});
  expect([portCommandsIn(without, change), incidentSubject(without, change)]).toEqual([[], undefined]);
  const other = {...change, blueprint: 'service'};
  expect([portCommandsIn(rules, other), incidentSubject(rules, other)]).toEqual([[], undefined]);
});

describe('the subject of an incident', () => {
  test('is read from the entity before or after the change', () => {
    expect(incidentSubject(rules, changed({}))).toEqual({blueprint: 'service', entity: 'checkout'});
    expect(incidentSubject(rules, changed({action: 'DELETE'}))).toEqual({blueprint: 'service', entity: 'checkout'});
  });

  test('is not known without the entity, or if a person made it invalid', () => {
    expect(incidentSubject(rules, changed({action: 'TIMER_EXPIRED'}))).toBeUndefined();
    expect(incidentSubject(rules, changed({properties: {...SUBJECT, subjectEntity: 7}}))).toBeUndefined();
  });
});

test('the relay keeps the values of an incident when it cuts a change', () => {
  expect(readsFor(rules, 'incident')).toEqual(INCIDENT_READS);
  expect(readsFor(without, 'incident')).toEqual([]);
});

test('any values are read or ignored without an error', () => {
  fc.assert(
    fc.property(
      fc.anything(),
      fc.anything(),
      fc.constantFrom('acknowledged', 'silencedUntil'),
      (from, to, property) => {
        expect(portCommandsIn(rules, changed({property, from, to})).length).toBeLessThan(2);
      },
    ),
  );
});
