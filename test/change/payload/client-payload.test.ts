import {isDeepStrictEqual} from 'node:util';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {PayloadError} from '../../../src/base/errors.ts';
import {wellFormed} from '../../../src/base/json.ts';
import type {Change} from '../../../src/change/change.ts';
import {decodeClientPayload, isClientPayload} from '../../../src/change/payload/client-payload.ts';
import {MAX_PAYLOAD_BYTES} from '../../../src/change/payload/encode-payload.ts';
import {MAX_UNPACKED_BYTES} from '../../../src/change/payload/unpack.ts';
import {aChange, changes, texts} from '../../helpers/values/changes.ts';
import {encodeOne} from '../../helpers/values/encode-one.ts';
import {runs} from '../../helpers/values/runs.ts';

function roundTrip(change: Change, title = ''): Change | undefined {
  return decodeClientPayload(encodeOne(change, {title})).changes[0];
}

describe('a change that fits', () => {
  test('arrives unchanged', () => {
    fc.assert(
      fc.property(changes, change => {
        expect(isDeepStrictEqual(roundTrip(change), wellFormed(change))).toBe(true);
      }),
    );
  });

  test('has the shape of the contract', () => {
    const change = aChange({runId: 'r_1'});
    expect(
      encodeOne(change, {partition: 3, title: 'notification-service-prod: healthStatus Healthy → Degraded'}),
    ).toEqual({
      version: 1,
      title: 'notification-service-prod: healthStatus Healthy → Degraded',
      partition: 3,
      partitions: 4,
      changes: [change],
    });
  });

  test('arrives with properties named like built-in names of JavaScript', () => {
    const properties = JSON.parse('{"__proto__":{"polluted":1},"constructor":"c","toString":null}') as object;
    const change = aChange({after: {properties: properties as never, relations: {}}});
    expect(JSON.stringify(roundTrip(change)?.after?.properties)).toBe(JSON.stringify(properties));
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
        const {title} = encodeOne(aChange(), {title: text});
        expect(title.length).toBeLessThanOrEqual(100);
        expect(title).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/u);
      },
    ),
  );
});

test('a payload for GitHub has at most ten top-level keys and 48 KiB', () => {
  const payload = encodeOne(aChange({properties: {readme: '✓'.repeat(100_000)}}), {title: '✓'.repeat(500)});
  expect(Object.keys(payload).length).toBeLessThanOrEqual(10);
  expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThanOrEqual(48 * 1024);
  expect(MAX_PAYLOAD_BYTES).toBe(48 * 1024);
});

describe('recognizing a client payload', () => {
  test.each<[unknown, boolean]>([
    [{version: 1, changes: []}, true],
    [{version: 9, changes: null}, true],
    [{version: 1, packed: '', count: 0}, true],
    [{packed: '', count: 1}, false],
    [{changes: []}, false],
    [{version: 1}, false],
    [[], false],
    [null, false],
    ['version', false],
  ])('%j: %s', (value, expected) => {
    expect(isClientPayload(value)).toBe(expected);
  });
});

describe('refuses an invalid payload with the path', () => {
  const good = () => JSON.parse(JSON.stringify(encodeOne(aChange({runId: 'r_1'}), {partition: 3, title: 'x'})));
  const VERSION = 'is not a version that this action supports. Use the same release of relay and action.';
  test.each<[string, unknown, string]>([
    ['version', 2, `client_payload.version: ${VERSION}`],
    ['version', undefined, `client_payload.version: ${VERSION}`],
    ['title', 5, 'client_payload.title: must be a string'],
    ['partition', true, 'client_payload.partition: must be a number or a string'],
    ['partitions', '3', 'client_payload.partitions: must be a number'],
    ['packed', 'H4sIAAAA', 'client_payload: contains both changes and packed. Remove one of them.'],
    ['changes', {}, 'client_payload.changes: must be a list'],
    ['changes', [], 'client_payload.changes: must contain a change'],
    ['changes.0', null, 'client_payload.changes.0: must be an object'],
    ['changes.0.id', undefined, 'client_payload.changes.0.id: must be a string'],
    ['changes.0.at', 'yesterday', 'client_payload.changes.0.at: must be an ISO 8601 time'],
    ['changes.0.runId', null, 'client_payload.changes.0.runId: must be a string'],
    ['changes.0.entity', '', 'client_payload.changes.0.entity: must not be empty'],
    [
      'changes.0.action',
      'PATCH',
      'client_payload.changes.0.action: must be one of CREATE, UPDATE, DELETE, TIMER_EXPIRED',
    ],
    ['changes.0.team', [7], 'client_payload.changes.0.team.0: must be a string'],
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

  test('accepts and drops keys of a later release', () => {
    const payload = good();
    payload.changes[0].later = 1;
    expect(decodeClientPayload(payload).changes[0]).not.toHaveProperty('later');
  });
});

describe('a packed payload', () => {
  const gzipped = (text: string) => gzipSync(text).toString('base64');
  const packedOf = (changes: readonly unknown[]) => gzipped(JSON.stringify(changes));
  const payloadOf = (packed: unknown, count: unknown) => ({
    version: 1,
    title: '',
    partition: 0,
    partitions: 4,
    packed,
    count,
  });

  test('contains the same changes as a plain one', () => {
    fc.assert(
      fc.property(fc.array(changes, {minLength: 1, maxLength: 5}), list => {
        const payload = decodeClientPayload(payloadOf(packedOf(list), list.length));
        expect(isDeepStrictEqual(payload.changes, wellFormed(list))).toBe(true);
        expect(payload).not.toHaveProperty('packed');
      }),
      {numRuns: runs(30)},
    );
  });

  const good = packedOf([aChange()]);
  const bomb = gzipSync(Buffer.alloc(MAX_UNPACKED_BYTES + 1, ' ')).toString('base64');
  const middle = Math.floor(good.length / 8) * 4;
  test.each<[string, unknown, unknown, RegExp]>([
    ['no text', 7, 1, /^client_payload\.packed: must be a string$/],
    ['an empty string', '', 1, /^client_payload\.packed: is not base64/],
    ['another alphabet', good.replace(/.$/, '_'), 1, /^client_payload\.packed: is not base64/],
    ['a missing character', good.slice(0, -1), 1, /^client_payload\.packed: is not base64/],
    ['a line break', `${good.slice(0, 8)}\n${good.slice(8)}`, 1, /^client_payload\.packed: is not base64/],
    [
      'plain JSON in base64',
      Buffer.from('[{}]  ').toString('base64'),
      1,
      /packed: is not gzip: incorrect header check. It was truncated or changed/,
    ],
    ['truncated gzip', good.slice(0, middle), 1, /packed: is not gzip: unexpected end of file/],
    [
      'damaged gzip',
      `${good.slice(0, middle)}AAAA${good.slice(middle + 4)}`,
      1,
      /packed: (is not gzip|unpacks to text that is not JSON)/,
    ],
    ['a gzip bomb', bomb, 1, /^client_payload\.packed: unpacks to more than 16 MiB, which the relay never sends$/],
    ['text', gzipped('hello'), 1, /^client_payload\.packed: unpacks to text that is not JSON/],
    ['an object', gzipped('{}'), 1, /^client_payload\.packed: must unpack to a list of changes$/],
    ['an empty list', gzipped('[]'), 0, /^client_payload\.count: must be a whole number, 1 or more$/],
    ['no count', good, undefined, /^client_payload\.count: must be a whole number, 1 or more$/],
    ['a count that is a string', good, '1', /^client_payload\.count: must be a whole number/],
    ['a fractional count', good, 1.5, /^client_payload\.count: must be a whole number/],
    [
      'a wrong count',
      good,
      2,
      /^client_payload\.count: is 2, but packed contains 1 change: changes are missing or were added/,
    ],
    [
      'a wrong change',
      packedOf([{...aChange(), entity: ''}]),
      1,
      /^client_payload\.packed\.0\.entity: must not be empty$/,
    ],
  ])('with %s is refused with the reason', (_, packed, count, message) => {
    expect(() => decodeClientPayload(payloadOf(packed, count))).toThrow(PayloadError);
    expect(() => decodeClientPayload(payloadOf(packed, count))).toThrow(message);
  });

  test('with a value that is nested too deep is refused', () => {
    const json = `[${JSON.stringify(aChange()).replace('"Degraded"', () => `${'['.repeat(9e4)}${']'.repeat(9e4)}`)}]`;
    expect(() => decodeClientPayload(payloadOf(gzipped(json), 1))).toThrow(
      /packed\.0\.after.*nested more than 100 levels/,
    );
  });
});
