import {expect, test} from '@jest/globals';
import {formattingIn} from './formatting.ts';

test.each([
  ['a *b* c', ['*b*']],
  ['x _y z_, (~u~)', ['_y z_', '~u~']],
  ['_a_b_', ['_a_b_']],
  ['ä_b_ä', ['_b_']],
  ['`a`', ['`', '`']],
  ['&gt; a\n >>> b\n\u200b> c', ['quote', 'quote', 'quote']],
  [':+1_a: 12:30:45', [':+1_a:']],
])('finds in %j the formats %j', (text, expected) => {
  expect(formattingIn(text)).toEqual(expected);
});

test.each(['a_b_c', '2 * 3 * 4', 'a > b', '_a', '* a *', '- a', '1. a', '# a', '10:20:30', 'a*b*c'])(
  'finds no format in %j',
  text => {
    expect(formattingIn(text)).toEqual([]);
  },
);
