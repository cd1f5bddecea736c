import {describe, expect, test} from '@jest/globals';
import {type CurrentEntity, matchStatusOf} from '../../../src/act/script/still-applies.ts';
import type {Snapshot} from '../../../src/change/change.ts';
import {aChange, type ChangeOptions} from '../../helpers/values/a-change.ts';
import {aMatch} from '../../helpers/values/plans.ts';

const snapshot = (properties: object, rest: Partial<Snapshot> = {}): Snapshot => ({
  properties: properties as Snapshot['properties'],
  relations: {},
  ...rest,
});

/** The status of a change of `value` from `from` (Healthy) to `to` (Degraded), with the current entity. */
function status(rule: string, now: object | null, options: ChangeOptions = {}, rest: Partial<Snapshot> = {}) {
  const match = aMatch(aChange({property: 'value', ...options}), `property: value, ${rule}, notify: true`);
  return matchStatusOf(match, {entity: now && snapshot(now, rest)});
}

test.each<[string, ChangeOptions, object, boolean]>([
  ['to: [Degraded, Crashed]', {}, {value: 'Degraded'}, true],
  ['to: [Degraded, Crashed]', {}, {value: 'Crashed'}, true],
  ['to: [Degraded, Crashed]', {}, {value: 'Healthy'}, false],
  ['to: [Degraded, Crashed]', {}, {}, false],
  ['to: null', {to: null}, {}, true],
  ['to: null', {to: null}, {value: null}, true],
  ['to: null', {to: null}, {value: ''}, false],
  ['above: 80', {from: 1, to: 85}, {value: 80}, true],
  ['above: 80', {from: 1, to: 85}, {value: 79.9}, false],
  ['above: 80', {from: 1, to: 85}, {value: '90'}, false],
  ['above: 80', {from: 1, to: 85}, {}, false],
  ['below: 20', {from: 50, to: 5}, {value: 20}, true],
  ['below: 20', {from: 50, to: 5}, {value: 21}, false],
  ['from: Healthy', {}, {value: 'Degraded'}, true],
  ['from: Healthy', {}, {value: 'Crashed'}, true],
  ['from: Healthy', {}, {value: 'Healthy'}, false],
  ['from: [Healthy, Restarting]', {}, {value: 'Restarting'}, false],
  ['from: Healthy, to: Degraded', {}, {value: 'Crashed'}, false],
  ['severity: info', {}, {value: 'Crashed'}, true],
  ['severity: info', {}, {value: 'Healthy'}, false],
  ['severity: info', {from: {a: 1, b: [2]}}, {value: {b: [2], a: 1}}, false],
  ['to: Degraded, if: after.properties.locked != true', {}, {value: 'Degraded'}, true],
  ['to: Degraded, if: after.properties.locked != true', {}, {value: 'Degraded', locked: true}, false],
  ["if: change.to != 'Crashed'", {}, {value: 'Crashed'}, false],
  ["if: before.properties.value == 'Healthy'", {}, {value: 'Crashed'}, true],
])('{%s} after the change %j, with the current values %j: %s', (rule, options, now, stands) => {
  expect(status(rule, now, options)).toEqual(stands ? {applies: true} : {outdated: expect.any(String)});
});

describe('a rule about no property', () => {
  const decide = (rule: string, current: CurrentEntity, options: ChangeOptions = {}) =>
    matchStatusOf(
      aMatch(aChange(options), `on: [created, updated, deleted, timer-expired], ${rule}, notify: true`),
      current,
    );

  test('is decided by its condition on the current entity', () => {
    const rule = 'if: after.properties.locked != true';
    expect(decide(rule, {entity: snapshot({locked: true})})).toEqual({
      outdated: 'after.properties.locked != true is no longer true (after.properties.locked is true)',
    });
    expect(decide(rule, {entity: snapshot({})})).toEqual({applies: true});
    const team = {entity: snapshot({}, {title: 'new', team: ['b']})};
    expect(decide('if: "!contains(change.team, \'b\')"', team, {team: ['a']})).toMatchObject({
      outdated: expect.anything(),
    });
    expect(decide('if: "change.title != \'new\'"', team)).toMatchObject({outdated: expect.anything()});
  });

  test.each([
    ['CREATE', {outdated: 'the entity no longer exists'}],
    ['UPDATE', {outdated: 'the entity no longer exists'}],
    ['TIMER_EXPIRED', {outdated: 'the entity no longer exists'}],
    ['DELETE', {applies: true}],
  ] as const)('after a %s, if the entity no longer exists', (action, expected) => {
    expect(decide('severity: info', {entity: null}, {action})).toEqual(expected);
  });
});

test('is unknown if the current value is not known', () => {
  const match = aMatch(aChange(), 'to: Degraded, if: after.properties.locked != true, notify: true');
  const healthStatus = 'Degraded';
  expect(matchStatusOf(match, {entity: snapshot({healthStatus}), truncated: ['after.properties.*']})).toEqual({
    unknown: expect.stringContaining('after.properties.locked is not known'),
  });
  expect(matchStatusOf(match, {entity: snapshot({}), truncated: ['after.properties.*']})).toEqual({
    unknown: expect.stringContaining('healthStatus is not known'),
  });
  // What was cut from the event is known from the current entity.
  const cut = aMatch(aChange({truncated: ['after.properties.notes', 'team']}), 'to: Degraded, notify: true');
  expect(matchStatusOf(cut, {entity: snapshot({healthStatus})})).toEqual({applies: true});
});
