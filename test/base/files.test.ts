import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {isFile, statsOf} from '../../src/base/files.ts';

const here = import.meta.filename;

test.each([
  ['a file', here, true],
  ['a folder', import.meta.dirname, false],
  ['nothing', join(import.meta.dirname, 'nothing'), false],
  ['what is below a file', join(here, 'x'), false],
  ['what can be no path', 'a\0b', false],
  ['what is too long for one', 'x'.repeat(5000), false],
])('%s', (_, path, expected) => {
  expect(isFile(path)).toBe(expected);
});

test('of what is not there, nothing is known', () => {
  expect(statsOf(join(here, 'x'))).toBeUndefined();
  expect(statsOf(here)?.isFile()).toBe(true);
});
