import {isDeepStrictEqual} from 'node:util';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {Change} from '../../src/change/change.ts';
import {decodeClientPayload, isClientPayload, MAX_PAYLOAD_BYTES} from '../../src/change/client-payload.ts';
import {PayloadError} from '../../src/errors.ts';
import {aChange, changes, texts} from '../helpers/changes.ts';
import {encodeOne} from '../helpers/encode-one.ts';

const NOTHING: ReadonlySet<string> = new Set();

function overTheWire(change: Change, title = ''): Change | undefined {
  return decodeClientPayload(encodeOne(change, 3, title, NOTHING)).changes[0];
}

describe('a change that fits', () => {
  test('arrives exactly as it left', () => {
    fc.assert(
      fc.property(changes, change => {
        expect(isDeepStrictEqual(overTheWire(change), change)).toBe(true);
      }),
    );
  });

  test('has the shape that the contract promises', () => {
    const change = aChange({runId: 'r_1'});
    expect(encodeOne(change, 3, 'notification-service-prod: healthStatus Healthy → Degraded', NOTHING)).toEqual({
      version: 1,
      title: 'notification-service-prod: healthStatus Healthy → Degraded',
      partition: 3,
      changes: [change],
    });
  });

  test('arrives with properties named as JavaScript names its own', () => {
    const properties = JSON.parse('{"__proto__":{"polluted":1},"constructor":"c","toString":null}') as object;
    const change = aChange({after: {properties: properties as never, relations: {}}});
    expect(JSON.stringify(overTheWire(change)?.after?.properties)).toBe(JSON.stringify(properties));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

test('the title is one line of at most 100 characters', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        texts,
        fc.array(texts).map(parts => parts.join('\n')),
      ),
      text => {
        const {title} = encodeOne(aChange(), 0, text, NOTHING);
        expect(title.length).toBeLessThanOrEqual(100);
        expect(title).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/u);
      },
    ),
  );
});

test('a payload for GitHub has at most ten keys at the top, and 48 KiB', () => {
  const payload = encodeOne(aChange({properties: {readme: '✓'.repeat(100_000)}}), 0, '✓'.repeat(500), NOTHING);
  expect(Object.keys(payload).length).toBeLessThanOrEqual(10);
  expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThanOrEqual(48 * 1024);
  expect(MAX_PAYLOAD_BYTES).toBe(48 * 1024);
});

describe('recognising a client payload', () => {
  test.each<[unknown, boolean]>([
    [{version: 1, changes: []}, true],
    [{version: 9, changes: null}, true],
    [{changes: []}, false],
    [{version: 1}, false],
    [[], false],
    [null, false],
    ['version', false],
  ])('%j: %s', (value, expected) => {
    expect(isClientPayload(value)).toBe(expected);
  });
});

describe('a payload that is wrong is refused, with the path', () => {
  const good = () => JSON.parse(JSON.stringify(encodeOne(aChange({runId: 'r_1'}), 3, 'x', NOTHING)));
  const VERSION = 'is not a version that this action knows; use the same release of relay and action';
  test.each<[string, unknown, string]>([
    ['version', 2, `client_payload.version: ${VERSION}`],
    ['version', undefined, `client_payload.version: ${VERSION}`],
    ['title', 5, 'client_payload.title: must be a text'],
    ['partition', '3', 'client_payload.partition: must be a number'],
    ['changes', {}, 'client_payload.changes: must be a list'],
    ['changes', [], 'client_payload.changes: must hold a change'],
    ['changes.0', null, 'client_payload.changes.0: must be an object'],
    ['changes.0.id', undefined, 'client_payload.changes.0.id: must be a text'],
    ['changes.0.runId', null, 'client_payload.changes.0.runId: must be a text'],
    ['changes.0.entity', '', 'client_payload.changes.0.entity: must not be empty'],
    [
      'changes.0.action',
      'PATCH',
      'client_payload.changes.0.action: must be one of CREATE, UPDATE, DELETE, TIMER_EXPIRED',
    ],
    ['changes.0.team', [7], 'client_payload.changes.0.team.0: must be a text'],
    ['changes.0.by.byPort', 1, 'client_payload.changes.0.by.byPort: must be true or false'],
    ['changes.0.before', undefined, 'client_payload.changes.0.before: must be an object'],
    ['changes.0.after.properties', [], 'client_payload.changes.0.after.properties: must be an object'],
    [
      'changes.0.after.properties.a',
      JSON.parse(`${'['.repeat(9e4)}${']'.repeat(9e4)}`),
      'client_payload.changes.0.after.properties.a: is nested more than 100 levels deep',
    ],
  ])('%s', (path, value, message) => {
    const payload = good();
    const names = path.split('.');
    const last = names.pop() ?? '';
    names.reduce((at, name) => at[name], payload)[last] = value;
    expect(() => decodeClientPayload(payload)).toThrow(new PayloadError('', message));
  });

  test.each([[null], ['text'], [[]]])('%j', value => {
    expect(() => decodeClientPayload(value)).toThrow(/^client_payload: /);
  });

  test('keys of a later release are let through and dropped', () => {
    const payload = good();
    payload.changes[0].later = 1;
    expect(decodeClientPayload(payload).changes[0]).not.toHaveProperty('later');
  });
});
