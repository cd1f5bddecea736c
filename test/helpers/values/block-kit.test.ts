import {describe, expect, test} from '@jest/globals';
import {blockKitProblems} from './block-kit.ts';

const text = (length: number, type = 'mrkdwn') => ({type, text: 'x'.repeat(length)});
const section = (length = 1) => ({type: 'section', text: text(length)});
const message = (...blocks: unknown[]) => ({text: 'hello', blocks});
const times = <T>(n: number, item: T): T[] => Array.from({length: n}, () => item);
const IMAGE = {type: 'image', image_url: 'https://example.com/a.png', alt_text: ''};

describe('Slack accepts', () => {
  test.each<[string, unknown]>([
    ['a section of 3,000 characters', message(section(3000))],
    ['50 blocks', message(...times(50, {type: 'divider'}))],
    ['a header of 150 characters', message({type: 'header', text: text(150, 'plain_text')})],
    ['ten fields of 2,000 characters', message({type: 'section', fields: times(5, text(2000))})],
    ['ten elements', message({type: 'context', elements: [...times(9, text(1)), IMAGE]})],
    ['an image', message({...IMAGE, title: text(10, 'plain_text'), block_id: 'a'})],
    ['flags', {...message({...section(), expand: true}), mrkdwn: true, unfurl_links: false, unfurl_media: false}],
    ['a text of 40,000 characters', {text: 'x'.repeat(40_000), blocks: [section()]}],
  ])('%s', (_name, posted) => {
    expect(blockKitProblems(posted)).toEqual([]);
  });
});

describe('Slack refuses', () => {
  test.each<[string, unknown, string]>([
    ['a value that is not an object', ['text'], 'invalid_payload'],
    ['unknown keys', {...message(section()), color: 'red'}, 'invalid_payload'],
    ['half a character', message({type: 'section', text: {type: 'mrkdwn', text: 'a\ud800'}}), 'invalid_payload'],
    ['no text', {blocks: [section()]}, 'no_text'],
    ['an empty text', {text: ' ', blocks: [section()]}, 'no_text'],
    ['a text of 40,001 characters', {text: 'x'.repeat(40_001), blocks: [section()]}, 'msg_too_long'],
    ['no blocks', {text: 'x'}, 'invalid_blocks'],
    ['an empty list of blocks', message(), 'invalid_blocks'],
    ['51 blocks', message(...times(51, {type: 'divider'})), 'invalid_blocks'],
    ['an unknown block', message({type: 'poem'}), 'invalid_blocks'],
    ['a block with the type `constructor`', message({type: 'constructor'}), 'invalid_blocks'],
    ['a section of 3,001 characters', message(section(3001)), 'invalid_blocks'],
    ['an empty section', message(section(0)), 'invalid_blocks'],
    ['a section without text', message({type: 'section'}), 'invalid_blocks'],
    ['a header in mrkdwn', message({type: 'header', text: text(1)}), 'invalid_blocks'],
    ['a header of 151 characters', message({type: 'header', text: text(151, 'plain_text')}), 'invalid_blocks'],
    ['eleven fields', message({type: 'section', fields: times(11, text(1))}), 'invalid_blocks'],
    ['a field of 2,001 characters', message({type: 'section', fields: [text(2001)]}), 'invalid_blocks'],
    ['eleven elements', message({type: 'context', elements: times(11, text(1))}), 'invalid_blocks'],
    ['no elements', message({type: 'context', elements: []}), 'invalid_blocks'],
    ['an image without alt_text', message({...IMAGE, alt_text: undefined}), 'invalid_blocks'],
    ['a flag that is not a boolean', message({type: 'section', text: {...text(1), verbatim: 'yes'}}), 'invalid_blocks'],
    ['an emoji flag on mrkdwn', message({type: 'section', text: {...text(1), emoji: true}}), 'invalid_blocks'],
    ['a block_id of 256 characters', message({...section(), block_id: 'x'.repeat(256)}), 'invalid_blocks'],
    ['a duplicate block_id', message(...times(2, {...section(), block_id: 'a'})), 'invalid_blocks'],
    ['12,000 characters in total', message(...times(5, section(2500))), 'msg_blocks_too_long'],
  ])('%s', (_name, posted, word) => {
    expect(blockKitProblems(posted).map(problem => problem.word)).toContain(word);
  });
});
