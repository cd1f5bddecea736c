import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {summaryHtml} from '../../src/report/summary-html.ts';
import {hostileTexts} from '../helpers/values/hostile.ts';
import {runs} from '../helpers/values/runs.ts';

describe('html', () => {
  test('escapes texts and joins markup', () => {
    const bold = summaryHtml`<b>${'<i>'}</b>`;
    expect(summaryHtml`<p>${bold} ${5} ${[bold, bold]}${[]}</p>`.markup).toBe(
      '<p><b>&#60;i&#62;</b> 5 <b>&#60;i&#62;</b><b>&#60;i&#62;</b></p>',
    );
  });

  test.each(['<', '>', '&', '`', '*', '_', '~', '[', ']', '#', '|', '\\', '@', '$', '!', '\n', '\r'])(
    '%j has no meaning in Markdown',
    character => {
      expect(summaryHtml`${character}`.markup).toBe(`&#${character.charCodeAt(0)};`);
    },
  );

  test.each(['\u0000', '\u001b', '\u007f', '\u0085', '\u202e', '\u2066', '\u200f'])('%j is removed', character => {
    expect(summaryHtml`a${character}b`.markup).toBe('a\ufffdb');
  });

  test('a text stays on its line and in its element', () => {
    fc.assert(
      fc.property(hostileTexts, text => {
        expect(summaryHtml`<pre>${text}</pre>`.markup).toMatch(/^<pre>[^<>\n\r`*_[\]|]*<\/pre>$/);
      }),
      {numRuns: runs(300)},
    );
  });
});
