import {expect, test} from '@jest/globals';
import {limitHtml} from '../../src/report/limit-html.ts';
import {summaryHtml} from '../../src/report/summary-html.ts';

const items = ['ab', 'é', 'x'].map(text => summaryHtml`${text}`);

test.each([
  [0, 0],
  [2, 0],
  [3, 1],
  [5, 1],
  [6, 2],
  [7, 2],
  [8, 3],
])('with items of 3, 3 and 2 bytes including line ends, %i bytes fit %i', (maxBytes, expected) => {
  const {shown, rest} = limitHtml(items, maxBytes, item => item);
  expect(shown).toEqual(items.slice(0, expected));
  expect(rest).toBe(items.length - expected);
});
