import {createHash} from 'node:crypto';
import {gunzipSync} from 'node:zlib';
import {expect, test} from '@jest/globals';
import {gzip} from '../../src/dispatch/gzip.ts';

test('compresses all pieces into one text', async () => {
  const result = await gzip(['[1,', '"zürich",', '2]'], 1_000);
  expect('packed' in result && gunzipSync(result.packed).toString()).toBe('[1,"zürich",2]');
});

test('gives up when the result is too long, and says how much of the text it had taken', async () => {
  let asked = 0;
  function* noise() {
    for (; asked < 1_000; asked++) yield createHash('sha512').update(String(asked)).digest('base64');
  }
  const result = await gzip(noise(), 5_000);
  expect(asked).toBeLessThan(1_000);
  expect(result).toEqual({takenBytes: expect.any(Number)});
});

test('a text of no pieces is an empty text', async () => {
  const result = await gzip([], 1_000);
  expect('packed' in result && gunzipSync(result.packed).toString()).toBe('');
});
