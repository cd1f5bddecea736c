import {expect, test} from '@jest/globals';
import {message, section} from '../../src/act/slack/block-kit/blocks.ts';
import {blockKitBuilderUrl} from '../../src/slack-view/block-kit-builder.ts';

test('the address contains exactly the blocks, for any text', () => {
  const one = message('x', [section(['a & b # % \ud800 💥 "\'<>'])]);
  const url = blockKitBuilderUrl(one);
  expect(url).toMatch(/^https:\/\/app\.slack\.com\/block-kit-builder#[\w%!~*'().-]+$/);
  expect(JSON.parse(decodeURIComponent(new URL(url).hash.slice(1)))).toEqual({blocks: one.blocks});
});
