import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {minifyJson} from '../../../relay/verify/minify-json.ts';
import {jsonValues} from '../../helpers/values/changes.ts';

const minify = (text: string) => minifyJson(Buffer.from(text)).toString();

describe('minifyJson', () => {
  test.each([
    ['{"a": 1, "b": [1, 2]}', '{"a":1,"b":[1,2]}'],
    ['\t{\r\n "a" : "b c" }\n', '{"a":"b c"}'],
    ['{"quote \\" and space": "back\\\\"  }', '{"quote \\" and space":"back\\\\"}'],
    [
      '{"a": 1e-06, "b": 25.0, "\\u00fc": 1, "2": 1, "1": 1, "1": 2}',
      '{"a":1e-06,"b":25.0,"\\u00fc":1,"2":1,"1":1,"1":2}',
    ],
    ['"never ends  \\', '"never ends  \\'],
    ['', ''],
  ])('%j becomes %j', (written, expected) => {
    expect(minify(written)).toBe(expected);
  });

  test('returns the same buffer if there is nothing to remove', () => {
    const bytes = Buffer.from('{"a":"b c"}');
    expect(minifyJson(bytes)).toBe(bytes);
  });

  test('removes any indentation and nothing else', () => {
    fc.assert(
      fc.property(jsonValues, fc.stringMatching(/^[ \t\n\r]{1,10}$/), (value, indentation) => {
        expect(minify(JSON.stringify(value, null, indentation))).toBe(JSON.stringify(value));
      }),
    );
  });

  test('keeps other white space, which is not JSON and can be part of a character', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        const before = Buffer.from(bytes).filter(byte => ![0x20, 0x09, 0x0a, 0x0d].includes(byte));
        const after = minifyJson(Buffer.from(bytes)).filter(byte => ![0x20, 0x09, 0x0a, 0x0d].includes(byte));
        expect(after).toEqual(before);
      }),
    );
  });
});
