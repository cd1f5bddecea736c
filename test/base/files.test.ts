import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {isFile, statsOf} from '../../src/base/files.ts';

const here = import.meta.filename;

test.each([
  ['a file', here, true],
  ['a folder', import.meta.dirname, false],
  ['nothing', join(import.meta.dirname, 'nothing'), false],
  ['a path below a file', join(here, 'x'), false],
  ['an invalid path', 'a\0b', false],
  ['a path that is too long', 'x'.repeat(5000), false],
])('isFile: %s', (_, path, expected) => {
  expect(isFile(path)).toBe(expected);
});

test('statsOf is undefined for a missing path', () => {
  expect(statsOf(join(here, 'x'))).toBeUndefined();
  expect(statsOf(here)?.isFile()).toBe(true);
});
