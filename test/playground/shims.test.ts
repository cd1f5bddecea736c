/** The replacements for the browser give the same results as Node. */
import {createHash} from 'node:crypto';
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import * as shim from '../../src/playground/shims/crypto.ts';
import * as globals from '../../src/playground/shims/globals.ts';
import {texts} from '../helpers/values/changes.ts';
import {runs} from '../helpers/values/runs.ts';

test('SHA-256 is the same as in Node, for all lengths around a block', () => {
  for (let length = 0; length <= 200; length++) {
    const text = 'é'.repeat(length);
    expect(shim.createHash('sha256').update(text).digest('hex')).toBe(createHash('sha256').update(text).digest('hex'));
  }
});

test('a digest has the bytes and the number that the sources read, for any text', () => {
  fc.assert(
    fc.property(texts, texts, (first, second) => {
      const own = shim.createHash('sha256').update(first).update(second).digest();
      const nodes = createHash('sha256').update(first).update(second).digest();
      expect([...own]).toEqual([...nodes]);
      expect(own.readUInt32BE(0)).toBe(nodes.readUInt32BE(0));
    }),
    {numRuns: runs(100)},
  );
});

test('another algorithm is refused', () => {
  expect(() => shim.createHash('sha1')).toThrow('The playground supports only sha256, not sha1.');
});

test('a text has the same number of bytes as in Node', () => {
  fc.assert(
    fc.property(texts, text => {
      expect(globals.Buffer.byteLength(text)).toBe(Buffer.byteLength(text));
    }),
    {numRuns: runs(100)},
  );
});
