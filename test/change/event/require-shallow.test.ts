import {expect, test} from '@jest/globals';
import {PayloadError} from '../../../src/base/errors.ts';
import {requireShallow} from '../../../src/change/event/require-shallow.ts';

const nested = (levels: number): unknown => JSON.parse(`${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`);

test('returns a snapshot with 100 levels', () => {
  const snapshot = {properties: {readme: nested(100)}, relations: {owner: [['a']]}};
  expect(requireShallow(snapshot, 'diff.after')).toBe(snapshot);
});

test.each<[string, object]>([
  ['diff.after.properties.readme', {properties: {ok: 1, readme: nested(102)}, relations: {}}],
  ['diff.after.relations.owner', {properties: {ok: 1}, relations: {owner: nested(500_000)}}],
  ['diff.after.properties.a b', {properties: Object.fromEntries([['a\n\u202eb', nested(200)]]), relations: {}}],
])('refuses deeper values with the path %s', (path, snapshot) => {
  expect(() => requireShallow(snapshot as never, 'diff.after')).toThrow(
    new PayloadError(path, 'is nested more than 100 levels deep'),
  );
});
