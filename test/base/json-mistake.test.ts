import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {offsetOfMistake} from '../../src/base/json-mistake.ts';

test.each([
  ['{"a": x}', 6],
  ["{'a': 1}", 1],
  ['[1,]', 3],
  ['{"a": 1,}', 8],
  ['{"a" 1}', 5],
  ['{"a": [}', 7],
  ['[1}', 2],
  ['{"a": 01}', 7],
  ['// no\n{}', 0],
  ['{"a": "b}', 6],
  ['{"a": 1', 7],
  ['', 0],
  ['[] []', 3],
  ['[true, nul]', 7],
  ['{"a": -}', 6],
])('the mistake in %s is at %i', (text, offset) => {
  expect(offsetOfMistake(text)).toBe(offset);
});

test('finds no mistake in any JSON', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 2), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent);
      expect(offsetOfMistake(text)).toBe(text.length);
    }),
  );
});

test('finds a mistake only if the changed text is not JSON', () => {
  const slip = fc.constantFrom('x', '{', ']', '"', ',', ':', '1', ' ');
  fc.assert(
    fc.property(fc.json(), fc.nat(), slip, (json, at, text) => {
      const place = at % (json.length + 1);
      const slipped = json.slice(0, place) + text + json.slice(place);
      const offset = offsetOfMistake(slipped);
      if (isJson(slipped)) expect(offset).toBe(slipped.length);
      else expect(offset < slipped.length || isUnfinished(slipped)).toBe(true);
    }),
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** True if V8's error reports that the text is incomplete. */
function isUnfinished(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return /end of JSON|[Uu]nterminated|Expected|No number|Exponent/.test(String(error));
  }
}
