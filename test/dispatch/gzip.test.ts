import {createHash} from 'node:crypto';
import {gunzipSync} from 'node:zlib';
import {expect, test} from '@jest/globals';
import {gzip} from '../../src/dispatch/gzip.ts';

test('compresses all pieces into one text', async () => {
  const result = await gzip(['[1,', '"zürich",', '2]'], 1_000);
  expect('packed' in result && gunzipSync(result.packed).toString()).toBe('[1,"zürich",2]');
});

test('stops if the result is too long, and returns how much of the text was compressed', async () => {
  let pieces = 0;
  function* noise() {
    for (; pieces < 1_000; pieces++) yield createHash('sha512').update(String(pieces)).digest('base64');
  }
  const result = await gzip(noise(), 5_000);
  expect(pieces).toBeLessThan(1_000);
  expect(result).toEqual({takenBytes: expect.any(Number)});
});

test('compresses no pieces into an empty text', async () => {
  const result = await gzip([], 1_000);
  expect('packed' in result && gunzipSync(result.packed).toString()).toBe('');
});
