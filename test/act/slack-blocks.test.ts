import {describe, expect, test} from '@jest/globals';
import {contextLine, fitParts, message, messageText, section} from '../../src/act/slack-blocks.ts';
import {slackRefusal} from '../helpers/slack-server.ts';

describe('fitParts', () => {
  test('joins all that fits', () => {
    expect(fitParts(['a', 'b'], ', ', 100)).toBe('a, b');
  });

  test('leaves out whole parts that do not fit, not those behind them, and says so', () => {
    expect(fitParts(['first', 'x'.repeat(50), 'last'], ', ', 20)).toBe('first, last, …');
  });

  test('stays within its limit, mark included', () => {
    expect(fitParts(Array(50).fill('abc'), ', ', 20).length).toBeLessThanOrEqual(20);
  });
});

test('a section and a context line of too many parts keep within a text object of Slack', () => {
  const parts = Array.from({length: 100}, (_, index) => `${index} ${'x'.repeat(90)}`);
  const posted = message('text', [section(parts), contextLine(parts)]);
  expect(slackRefusal(posted)).toBeUndefined();
  expect(messageText(posted)).toMatch(/^0 x.*…/s);
});

test('the text of a message is plain: one line, escaped, short enough for a lock screen', () => {
  const {text} = message(`<!channel>\n${'x'.repeat(1000)}`, []);
  expect(text).toMatch(/^&lt;!channel&gt; x+…$/);
  expect(text.length).toBeLessThan(600);
});

test('messageText shows the blocks one under the other', () => {
  expect(messageText(message('text', [section(['a', 'b']), contextLine(['c', 'd'])]))).toBe('a\nb\n\nc  ·  d');
});
