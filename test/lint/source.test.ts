import {expect, test} from '@jest/globals';
import {openSource} from '../../src/lint/source.ts';

const text = 'steps:\n  - run: |\n      echo one\n      echo two\n';

test('a part of a script with several lines is reported at its line', () => {
  const {place} = openSource({file: 'w.yml', text});
  const found = place({path: ['steps', 0, 'run'], part: 'two', message: 'is one too many'});
  expect(found).toEqual({file: 'w.yml', line: 4, column: 12, message: 'steps[0].run: is one too many'});
});

test('a part that is not in the text is reported at the start of its value', () => {
  const {place} = openSource({file: 'w.yml', text});
  expect(place({path: ['steps', 0, 'run'], part: 'three', message: 'm'})).toMatchObject({line: 2, column: 10});
});

test('an unreadable file has its mistakes and no content', () => {
  const {json, mistakes} = openSource({file: 'w.yml', text: 'a: [1'});
  expect(json).toBeUndefined();
  expect(mistakes).toEqual([expect.objectContaining({file: 'w.yml', line: 1})]);
});

test('a message is one line for any name in it', () => {
  const {place} = openSource({file: 'w.yml', text: '{}'});
  const {message} = place({path: ['a\n::error::b'], message: `${'x'.repeat(2000)}`});
  expect(message).toMatch(/^a ::error::b: x+…$/);
  expect(message.length).toBeLessThanOrEqual(600);
});
