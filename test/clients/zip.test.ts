import {expect, test} from '@jest/globals';
import {firstFileIn} from '../../src/clients/zip.ts';
import {aZip} from '../helpers/zip.ts';

function zipWithInvalidOffset(): Buffer {
  const bytes = aZip('a', 'text');
  return bytes.fill(0xff, bytes.length - 6, bytes.length - 2);
}

const TEXT = '{"a":"zürich"}\n'.repeat(1_000);

test.each([{}, {stored: true}, {comment: 'made by GitHub'}])('reads the file of an archive: %j', options => {
  expect(firstFileIn(aZip('decisions.jsonl', TEXT, options), 1_000_000).toString()).toBe(TEXT);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a page of a proxy', Buffer.from('<html>Sign in</html>'.repeat(5))],
  ['half of an archive', aZip('a', TEXT).subarray(0, 80)],
  ['a directory with an invalid offset', zipWithInvalidOffset()],
])('%s is not an archive', (_, bytes) => {
  expect(() => firstFileIn(bytes, 1_000_000)).toThrow(/^The archive cannot be read: /);
});

test('refuses a file that unpacks to more than the limit', () => {
  expect(() => firstFileIn(aZip('a', TEXT), 1_000)).toThrow(/cannot be read/);
});
