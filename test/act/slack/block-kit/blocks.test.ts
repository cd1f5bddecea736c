import {describe, expect, test} from '@jest/globals';
import {
  contextLine,
  fitBlocks,
  fitParts,
  message,
  messageText,
  section,
} from '../../../../src/act/slack/block-kit/blocks.ts';
import {slackRefusal} from '../../../helpers/servers/slack-server.ts';
import {blockKitProblems} from '../../../helpers/values/block-kit.ts';

describe('fitParts', () => {
  test('joins all parts that fit', () => {
    expect(fitParts(['a', 'b'], ', ', 100)).toBe('a, b');
  });

  test('omits and counts whole parts that do not fit, and keeps later parts that do', () => {
    expect(fitParts(['first', 'x'.repeat(50), 'last'], ', ', 30)).toBe('first, last, … and 1 more');
  });

  test('stays within its limit, with the mark', () => {
    expect(fitParts(Array(50).fill('abc'), ', ', 30)).toBe('abc, abc, abc, … and 47 more');
  });
});

test('fitBlocks shows as many items as Slack accepts, and counts the rest', () => {
  const draw = (shown: readonly string[], hidden: number) => [
    ...shown.map(item => section([item])),
    section([`${hidden} more`]),
  ];
  const shownOf = (items: readonly string[], most: number) => {
    const blocks = fitBlocks(items, most, draw);
    expect(blockKitProblems(message('text', blocks))).toEqual([]);
    expect(messageText(message('text', blocks))).toMatch(new RegExp(`(^|\n)${items.length - blocks.length + 1} more$`));
    return blocks.length - 1;
  };
  expect(shownOf(Array(500).fill('a'), 20)).toBe(20);
  expect(shownOf(Array(500).fill('a'), 500)).toBe(49);
  expect(shownOf(Array(7).fill('x'.repeat(2500)), 20)).toBe(4);
  expect(shownOf(Array(7).fill('"'.repeat(2500)), 20)).toBe(2);
  expect(shownOf([], 20)).toBe(0);
});

test('a section and a context line with too many parts fit into a text object of Slack', () => {
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

test('messageText shows the blocks below each other', () => {
  expect(messageText(message('text', [section(['a', 'b']), contextLine(['c', 'd'])]))).toBe('a\nb\n\nc  ·  d');
});
