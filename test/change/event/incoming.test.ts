import {describe, expect, test} from '@jest/globals';
import {PayloadError} from '../../../src/base/errors.ts';
import {incomingOf, parseJson, payloadIn, unwrapEvent} from '../../../src/change/event/incoming.ts';
import {aChange} from '../../helpers/values/a-change.ts';

describe('received changes', () => {
  test('are in the order of their times without duplicates, and duplicates are counted', () => {
    const late = aChange({at: '2026-11-20T12:30:00Z'});
    const early = aChange({at: '2026-11-20T13:29:00+02:00'});
    expect(incomingOf([late, early, late])).toEqual({
      changes: [early, late],
      duplicates: 1,
      remarks: ['1 change appeared more than once in this event. Duplicates are ignored.'],
    });
  });

  test('with unreadable times keep their order', () => {
    const changes = [aChange({at: 'b'}), aChange({at: 'a'})];
    expect(incomingOf(changes).changes).toEqual(changes);
  });
});

const payload = {version: 1, changes: []};

test.each<[string, unknown, unknown]>([
  ['a payload', payload, payload],
  ["a dispatch's body", {event_type: 'x', client_payload: payload}, payload],
  ['JSON in a string', JSON.stringify(JSON.stringify({client_payload: payload})), payload],
  ['the input of a workflow_dispatch', {inputs: {event: JSON.stringify(payload)}}, payload],
  ["the inputs of Port's guides", {inputs: {port_payload: '{}'}}, {port_payload: '{}'}],
  ["a message of Port's", {action: 'UPDATE', inputs: null}, {action: 'UPDATE', inputs: null}],
  ['an empty input', {inputs: {event: ''}}, {inputs: {event: ''}}],
  ['not an object', [1], [1]],
])('%s is unwrapped', (_name, event, expected) => {
  expect(unwrapEvent(event)).toEqual(expected);
});

test('a run without an event has no payload', () => {
  expect(payloadIn({ref: 'refs/heads/main'})).toBeUndefined();
  expect(payloadIn({client_payload: null, inputs: {other: 1}})).toBeUndefined();
});

test('text that is not JSON is refused with its name', () => {
  expect(() => parseJson('{broken', 'The file x')).toThrow(PayloadError);
  expect(() => parseJson('{broken', 'The file x')).toThrow(/^The file x is not JSON: /);
});
