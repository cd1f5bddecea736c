/** The location of the event, and the names of other messages. parse-change.test.ts tests the result for each shape. */
import {describe, expect, test} from '@jest/globals';
import {describeOtherEvent, locateEvent, nullHint, objectIn} from '../../../src/change/event/locate-event.ts';

const EVENT = {action: 'UPDATE', diff: {}};

describe('the event', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['is the body', EVENT, ''],
    ['is the body, with the additions of an agent', {...EVENT, headers: {}, payload: {action: {}}}, ''],
    ['is under event', {event: EVENT, runId: 'r_1'}, 'event.'],
    ['is under port', {port: EVENT}, 'port.'],
    ['is in the context under port', {port: {event: EVENT, run: {}}}, 'port.event.'],
    ['is under port_payload', {port_payload: EVENT, port_context: {}}, 'port_payload.'],
    ['is in a string under port_payload', {port_payload: JSON.stringify({event: EVENT})}, 'port_payload.event.'],
    ['is in the wrapper of old run messages', {payload: {...EVENT, resourceType: 'run'}}, 'payload.'],
    ['is under event rather than under port', {event: EVENT, port: {event: {action: 'other'}}}, 'event.'],
  ])('%s', (_, body, path) => {
    expect(locateEvent(body)).toMatchObject({event: EVENT, path});
  });

  test('is not in a payload with other keys next to it', () => {
    const body = {payload: {...EVENT, resourceType: 'run'}, headers: {}};
    expect(locateEvent(body)).toMatchObject({event: body, path: ''});
  });

  test('is the body if `inputs` has other keys', () => {
    const body = {inputs: {replicas: 3}, event: null};
    expect(locateEvent(body)).toMatchObject({event: body, path: ''});
  });

  test.each([
    [{event: null}, `event: must be an object${nullHint(null)}`],
    [{inputs: null, event: null}, `event: must be an object${nullHint(null)}`],
    [{port: {event: 'x'}}, 'port.event: must be an object'],
    [{payload: {resourceType: 'run', event: 1}}, 'payload.event: must be an object'],
  ])('is not in %j', (body, message) => {
    expect(() => locateEvent(body)).toThrow(message);
  });
});

describe('another message', () => {
  const of = (body: Record<string, unknown>, context?: Record<string, unknown>) =>
    describeOtherEvent(locateEvent(context === undefined ? body : {...body, context}), context);

  test.each<[string | undefined, Record<string, unknown>, Record<string, unknown> | undefined]>([
    [undefined, {action: 'UPDATE', diff: {}}, {blueprint: 'b', entity: 'e'}],
    [undefined, {resourceType: 'entity'}, {entity: null}],
    [undefined, {resourceType: 'service'}, {entityIdentifier: 'e'}],
    [undefined, {action: 'UPDATE', diff: {}}, {blueprint: 'b'}],
    [undefined, {}, undefined],
    [undefined, {anything: 1}, {}],
    [undefined, {port_context: {}, diff: {}}, undefined],
    [undefined, {inputs: null}, undefined],
    ['an event about a run', {resourceType: 'run'}, {entity: 'e'}],
    ['an event about an action', {resourceType: 'action'}, undefined],
    ['an event about an integration', {resourceType: 'integration'}, {}],
    ['an event about a run', {diff: {}}, {action: {}}],
    ['an event about a run', {diff: {}}, {actionIdentifier: 'a'}],
    ["a run's message", {payload: {action: {}}}, {runId: 'r'}],
    ['an event about a blueprint', {action: 'UPDATE'}, {blueprint: 'b'}],
    ['an event about a blueprint', {action: 'UPDATE'}, {blueprintIdentifier: 'b'}],
    ["a self-service action's payload", {port_context: {runId: 'r'}}, undefined],
    ["a self-service action's payload", {port_payload: '{}'}, undefined],
    ["a self-service action's payload", {inputs: {}}, undefined],
  ])('%s: %j with context %j', (expected, body, context) => {
    expect(of(body, context)).toBe(expected);
  });
});

test.each<[unknown, object]>([
  [{a: 1}, {a: 1}],
  ['{"a":1}', {a: 1}],
  ['[1]', {}],
  ['{', {}],
  ['', {}],
  [[], {}],
  [null, {}],
  [7, {}],
])('the object in %j is %j', (value, expected) => {
  expect(objectIn(value)).toEqual(expected);
});
