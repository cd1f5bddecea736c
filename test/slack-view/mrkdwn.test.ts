import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {code, codeBlock, escapeText, link} from '../../src/act/slack/block-kit/text.ts';
import {type Node, parseMrkdwn} from '../../src/slack-view/mrkdwn.ts';
import {hostileTexts} from '../helpers/values/hostile.ts';

const READER = {nowMs: Date.parse('2026-11-20T18:00:00Z'), timeZone: 'UTC'};
const parse = (text: string, reader = READER) => parseMrkdwn(text, reader);

const text = (value: string): Node => ({kind: 'text', text: value});

describe('parseMrkdwn', () => {
  test.each<[string, string, Node[]]>([
    ['plain text', 'a & b', [text('a & b')]],
    ['entities', '&lt;b&gt; &amp;amp;', [text('<b> &amp;')]],
    ['bold', '*a b*', [{kind: 'bold', children: [text('a b')]}]],
    ['italic', '_not set_', [{kind: 'italic', children: [text('not set')]}]],
    ['strike', '~a~', [{kind: 'strike', children: [text('a')]}]],
    ['no mark inside a word', 'a*b*c snake_case_name', [text('a*b*c snake_case_name')]],
    ['no mark beside a space', '2 * 3 * 4', [text('2 * 3 * 4')]],
    ['no mark across lines', '*a\nb*', [text('*a\nb*')]],
    ['code', '`a*b*`: *c*', [{kind: 'code', text: 'a*b*'}, text(': '), {kind: 'bold', children: [text('c')]}]],
    ['a block of code', 'a\n```\n*b*\n&lt;\n```', [text('a\n'), {kind: 'block', text: '*b*\n<'}]],
    [
      'a link',
      '<https://x.example/?a=1&amp;b=2|a b>',
      [{kind: 'link', url: 'https://x.example/?a=1&b=2', label: 'a b'}],
    ],
    ['a bare link', '<https://x.example>', [{kind: 'link', url: 'https://x.example', label: 'https://x.example'}]],
    [
      'a link in bold',
      '*<https://x.example|a>*',
      [{kind: 'bold', children: [{kind: 'link', url: 'https://x.example', label: 'a'}]}],
    ],
    ['a mention of all', '<!here>', [{kind: 'mention', text: '@here'}]],
    ['a mention of a group', '<!subteam^S0123|@on-call>', [{kind: 'mention', text: '@on-call'}]],
    ['a mention of a group without its name', '<!subteam^S0123>', [{kind: 'mention', text: '@S0123'}]],
    ['a mention of a person', '<@U0123>', [{kind: 'mention', text: '@U0123'}]],
  ])('reads %s', (_, mrkdwn, expected) => {
    expect(parse(mrkdwn)).toEqual(expected);
  });

  const at = (iso: string) => Date.parse(iso) / 1000;

  test.each([
    ['today', at('2026-11-20T12:28:18Z'), 'Today 12:28:18'],
    ['yesterday', at('2026-11-19T23:59:59Z'), 'Yesterday 23:59:59'],
    ['before', at('2026-02-03T00:00:00Z'), 'Feb 3, 2026 00:00:00'],
    ['outside the range of dates', 9_999_999_999_999, 'fallback'],
  ])('shows a time: %s', (_, seconds, expected) => {
    expect(parse(`<!date^${seconds}^{date_short_pretty} {time_secs}|fallback>`)).toEqual([text(expected)]);
  });

  test("shows times in the reader's time zone", () => {
    const nodes = parse(`<!date^${at('2026-11-20T23:30:00Z')}^{date_short} {time}|x>`, {
      ...READER,
      timeZone: 'Asia/Tokyo',
    });
    expect(nodes).toEqual([text('Nov 21, 2026 08:30')]);
  });

  test('does not show a day as today if the time of reading is not known', () => {
    const nodes = parseMrkdwn(`<!date^${at('2026-11-20T12:28:18Z')}^{date_short_pretty}|x>`, {timeZone: 'UTC'});
    expect(nodes).toEqual([text('Nov 20, 2026')]);
  });

  test('parses hostile catalog text only as text, code or a label', () => {
    fc.assert(
      fc.property(hostileTexts, hostile => {
        const kinds = (mrkdwn: string) => parse(mrkdwn).map(({kind}) => kind);
        expect(new Set(['text', ...kinds(`a ${escapeText(hostile)}`)])).not.toContain('mention');
        expect(kinds(code(hostile))).toEqual(['code']);
        expect(kinds(codeBlock(`x${hostile}`, 2000))).toEqual(['block']);
        expect(kinds(link('https://x.example/', `x${hostile}`))).toEqual(['link']);
      }),
    );
  });
});
