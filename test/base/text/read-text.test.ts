import {describe, expect, test} from '@jest/globals';
import {decodeText} from '../../../src/base/text/read-text.ts';

const TEXT = 'version: 1\n# Größe 🔴\n';

describe('decodeText', () => {
  test.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`)],
  ])('reads %s', (_name, bytes) => {
    expect(decodeText(bytes)).toBe(TEXT);
  });

  test('reads an empty file', () => {
    expect(decodeText(new Uint8Array())).toBe('');
  });

  test.each([
    ['UTF-16 LE', Buffer.from(TEXT, 'utf16le')],
    ['UTF-16 LE', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
    ['UTF-16 BE', Buffer.from(TEXT, 'utf16le').swap16()],
    ['UTF-16 BE', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16()],
  ])('names %s', (name, bytes) => {
    expect(() => decodeText(bytes)).toThrow(`it is ${name} text: save it as UTF-8`);
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(() => decodeText(Buffer.from('Größe', 'latin1'))).toThrow('it is not UTF-8 text');
  });
});
