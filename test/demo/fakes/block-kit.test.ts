import {describe, expect, test} from '@jest/globals';
import {refusalOf} from '../../../src/demo/fakes/block-kit.ts';

const mrkdwn = (text: string) => ({type: 'mrkdwn', text});
const section = (text: string) => ({type: 'section', text: mrkdwn(text)});

describe('Slack accepts', () => {
  test.each<[string, object]>([
    ['a text', {text: 'x'}],
    ['blocks without a text', {blocks: [section('x')]}],
    ['all types of blocks in use', {text: 'x', blocks: [section('x'), {type: 'context', elements: [mrkdwn('x')]}]}],
    ['as many as 50 blocks', {text: 'x', blocks: Array.from({length: 50}, () => section('x'))}],
    ['a text of 3,000 characters', {text: 'x', blocks: [section('x'.repeat(3000))]}],
  ])('%s', (_, message) => {
    expect(refusalOf(message)).toBeUndefined();
  });
});

describe('Slack refuses', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['a value that is not an object', undefined, 'invalid_payload', /not a JSON object/],
    ['an empty message', {}, 'no_text', /neither/],
    ['a text that is not a string', {text: 1}, 'invalid_payload', /not a string/],
    ['a text that is too long', {text: 'x'.repeat(40_001)}, 'invalid_payload', /40000/],
    ['blocks that are not a list', {text: 'x', blocks: {}}, 'invalid_blocks', /not a list/],
    ['51 blocks', {text: 'x', blocks: Array.from({length: 51}, () => section('x'))}, 'invalid_blocks', /51 blocks/],
    ['an unknown block', {blocks: [{type: 'buttons'}]}, 'invalid_blocks', /blocks\[0\]: unknown type "buttons"/],
    ['a block that is not an object', {blocks: [null]}, 'invalid_blocks', /not an object/],
    ['an empty section', {blocks: [section('')]}, 'invalid_blocks', /empty/],
    ['a section without text', {blocks: [{type: 'section'}]}, 'invalid_blocks', /no text object/],
    ['a wrong kind of text', {blocks: [{type: 'section', text: {type: 'x', text: 'x'}}]}, 'invalid_blocks', /neither/],
    ['3,001 characters', {blocks: [section('x'), section('x'.repeat(3001))]}, 'invalid_blocks', /blocks\[1\].*3001/],
    ['a long header', {blocks: [{type: 'header', text: mrkdwn('x'.repeat(151))}]}, 'invalid_blocks', /151/],
    ['no elements', {blocks: [{type: 'context', elements: []}]}, 'invalid_blocks', /no elements/],
    [
      '11 elements',
      {blocks: [{type: 'context', elements: Array.from({length: 11}, () => mrkdwn('x'))}]},
      'invalid_blocks',
      /more than 10/,
    ],
  ])('%s', (_, message, word, why) => {
    expect(refusalOf(message)).toEqual({word, why: expect.stringMatching(why)});
  });
});
