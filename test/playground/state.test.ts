/** The address of the page restores the input and refuses anything else. */
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {SAMPLE} from '../../src/playground/sample.ts';
import {MAX_LINK, type PageState, readLink, writeLink} from '../../src/playground/state.ts';
import {hostileTexts} from '../helpers/values/hostile.ts';
import {runs} from '../helpers/values/runs.ts';

const texts = hostileTexts.filter(text => text.length < 200).map(text => text.toWellFormed());
const states: fc.Arbitrary<PageState> = fc.record({
  rules: texts,
  event: fc.record({
    mode: fc.constantFrom('form', 'json'),
    blueprint: texts,
    entity: texts,
    property: texts,
    from: texts,
    to: texts,
    at: texts,
    json: texts,
  }),
  steps: fc.array(
    fc.oneof(
      fc.record({kind: fc.constant('change' as const), property: texts, to: texts}),
      fc.record({kind: fc.constant('wait' as const), wait: texts}),
      fc.record({kind: fc.constant('ack' as const), rule: texts}),
    ),
    {maxLength: 5},
  ),
});

test('a link contains the whole input, in characters that are valid in a URL', () => {
  fc.assert(
    fc.property(states, state => {
      const link = writeLink(state) ?? '';
      expect(link).toMatch(/^[\w-]+$/);
      expect(readLink(link)).toEqual(state);
    }),
    {numRuns: runs(200)},
  );
});

test('a state that is too long has no link', () => {
  expect(writeLink({...SAMPLE, rules: 'x'.repeat(MAX_LINK)})).toBeUndefined();
});

test('any text that is not a link is refused', () => {
  const base64 = (value: unknown) => btoa(JSON.stringify(value));
  const bad = [
    '',
    '%',
    'AAAA',
    base64(null),
    base64({...SAMPLE, steps: [{kind: 'eval'}]}),
    base64({...SAMPLE, rules: 1}),
  ];
  for (const link of bad) expect(readLink(link)).toBeUndefined();
  expect(readLink(base64({...SAMPLE, steps: Array(51).fill({kind: 'wait', wait: '1m'})}))).toBeUndefined();
  expect(readLink('A'.repeat(MAX_LINK + 1))).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), link => {
      expect(readLink(link)).toBeUndefined();
    }),
    {numRuns: runs(200)},
  );
});
