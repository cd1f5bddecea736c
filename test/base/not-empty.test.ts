import {expect, test} from '@jest/globals';
import * as z from 'zod/mini';
import {notEmpty} from '../../src/base/not-empty.ts';

const messages = (schema: z.ZodMiniType, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({message}) => message) ?? [];

const text = z.string('must be a string').check(notEmpty('must not be empty'));
const list = z.array(z.unknown(), 'must be a list').check(notEmpty('is an empty list'));

test.each([
  [text, 'a', []],
  [text, '', ['must not be empty']],
  [text, {length: 0}, ['must be a string']],
  [text, {length: {toString: 1}}, ['must be a string']],
  [list, [0], []],
  [list, [], ['is an empty list']],
  [list, {length: {valueOf: {}}}, ['must be a list']],
])('%#', (schema, value, expected) => {
  expect(messages(schema, value)).toEqual(expected);
});

test('an empty string can end the checks', () => {
  const strict = z.string().check(notEmpty('must not be empty', {abort: true}), z.regex(/^a/, 'must start with a'));
  expect(messages(strict, '')).toEqual(['must not be empty']);
});

test('schemas for editors have the rule', () => {
  expect(z.toJSONSchema(text)).toMatchObject({minLength: 1});
  expect(z.toJSONSchema(list)).toMatchObject({minItems: 1});
});
