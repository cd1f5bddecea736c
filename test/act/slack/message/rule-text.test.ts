import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {plainRuleText, ruleText} from '../../../../src/act/slack/message/rule-text.ts';
import type {Match} from '../../../../src/decide/plan.ts';
import {parseRules} from '../../../../src/rules/parse-rules.ts';
import {readMrkdwn} from '../../../helpers/servers/slack-server.ts';
import {aChange, type ChangeOptions} from '../../../helpers/values/changes.ts';
import {formattingIn} from '../../../helpers/values/formatting.ts';
import {hostileTexts} from '../../../helpers/values/hostile.ts';
import {planFor} from '../../../helpers/values/plans.ts';
import {runs} from '../../../helpers/values/runs.ts';

function aMatch(text: string, change: ChangeOptions = {}): Match {
  const file = [
    'version: 1',
    'rules:',
    `  - ${JSON.stringify({name: 'a', blueprint: 'deploymentConfig', notify: {text}})}`,
  ];
  const {plan} = planFor(parseRules(file.join('\n'), 'rules.yml'), [aChange(change)]);
  const match = plan.notifications[0]?.matches[0];
  if (match === undefined) throw new Error('the rule does not match');
  return match;
}

describe('a text', () => {
  const change = {
    title: 'Orders <!channel> *db*',
    from: 72,
    to: 91.5,
    property: 'cpuUtil',
    properties: {
      tags: ['a', '<b>'],
      host: 'a/b?c=d&e|f>',
      empty: ' ',
      spec: {},
      list: [],
      off: false,
      zero: 0,
      json: '{',
    },
  };

  test.each([
    ['no values', 'no values', 'no values'],
    ['{{ after.properties.cpuUtil }} % (was {{ before.properties.cpuUtil }})', '91.5 % (was 72)', '91.5 % (was 72)'],
    ['*CPU* of {{ change.title }}', '*CPU* of Orders &lt;!channel&gt; ∗db∗', 'CPU of Orders <!channel> *db*'],
    ['{{ after.properties.tags }}', '["a","&lt;b&gt;"]', '["a","<b>"]'],
    ['{{ after.properties.none }}, {{ after.properties.empty }}', 'not set, not set', 'not set, not set'],
    ['{{ after.properties.spec }}, {{ after.properties.list }}', 'not set, not set', 'not set, not set'],
    ["{{ after.properties.off }} {{ after.properties.zero }} {{ fromJSON('[0]') }}", 'false 0 [0]', 'false 0 [0]'],
    ['{{ after.properties.cpuUtil > 90 }}', 'true', 'true'],
    ["{{ format('{0} %', change.to) }} {{ change.from }}", '% not set', '% not set'],
    ['{{ fromJSON(after.properties.json) }}!', '[no value]!', '[no value]!'],
    ['R&D: a < b &amp; c > d', 'R&amp;D: a &lt; b &amp; c &gt; d', 'R&D: a < b & c > d'],
    ['<{{ change.title }}>', '&lt;Orders &lt;!channel&gt; ∗db∗&gt;', '<Orders <!channel> *db*>'],
    [':fire: `code` ~no~', ':fire: `code` ~no~', 'code no'],
    ['one\ntwo\u202e', 'one\ntwo ', 'one two'],
    [
      'see <https://x.example/{{ after.properties.host }}?a=1&b=2|the {{ change.title }} board>',
      'see <https://x.example/a%2Fb%3Fc%3Dd%26e%7Cf%3E?a=1&amp;b=2|the Orders &lt;!channel&gt; ∗db∗ board>',
      'see the Orders <!channel> *db* board',
    ],
    ['<https://x.example/>', '<https://x.example/|https://x.example/>', 'https://x.example/'],
  ])('%j is %j, and plain %j', (text, mrkdwn, plain) => {
    const match = aMatch(text, change);
    expect(ruleText(match)).toBe(mrkdwn);
    expect(plainRuleText(match)).toBe(plain);
  });

  test('is undefined if the rule has no text', () => {
    const match = aMatch('x');
    const quiet = {...match, rule: {...match.rule, notify: {}}};
    expect([ruleText(quiet), plainRuleText(quiet)]).toEqual([undefined, undefined]);
  });

  test('reads the transition of the rule', () => {
    const rules =
      "version: 1\nrules: [{name: a, blueprint: deploymentConfig, property: healthStatus, notify: {text: '{{ change.from }} > {{ change.to }}'}}]";
    const match = planFor(rules, [aChange()]).plan.notifications[0]?.matches[0];
    expect(match && ruleText(match)).toBe('Healthy &gt; Degraded');
  });

  test.each<[string[], string]>([
    [['after.properties.readme'], 'is [cut]'],
    [['before.properties.readme'], 'is [cut: 9 bytes, sha256 0]'],
    [['after.properties.*'], 'is [cut]'],
    [['after.properties.other'], 'is [cut: 9 bytes, sha256 0]'],
  ])('if %j was cut, it is %j', (truncated, expected) => {
    const properties = truncated[0] === 'after.properties.*' ? {} : {readme: '[cut: 9 bytes, sha256 0]'};
    expect(ruleText(aMatch('is {{ after.properties.README }}', {truncated, properties}))).toBe(expected);
  });

  test('has a whole URL or no link', () => {
    const file = (to: string) =>
      ruleText(
        aMatch(`<https://x.example/a/{{ change.entity }}/b|${to}> {{ change.title }}`, {
          entity: 'e'.repeat(400),
          title: 't'.repeat(5_000),
        }),
      ) ?? '';
    expect(file('runbook')).toMatch(/^<https:\/\/x\.example\/a\/e{400}\/b\|runbook> t+…$/);
    const long = aMatch('<https://x.example/{{ change.entity }}|runbook>', {entity: 'e'.repeat(700)});
    expect(ruleText(long)).toBe('runbook');
    const cut = aMatch('<https://x.example/{{ after.properties.x }}|runbook>', {truncated: ['after.properties.x']});
    expect(ruleText(cut)).toBe('runbook');
  });

  test('on one line has a whole URL or its host', () => {
    const plain = (entity: string) => plainRuleText(aMatch('see <https://x.example/{{ change.entity }}>', {entity}));
    expect(plain('a/b')).toBe('see https://x.example/a%2Fb');
    expect(plain('e'.repeat(100))).toBe('see x.example/…');
  });

  test('that is too long gets shorter values, then is one line', () => {
    const long = {title: '<'.repeat(500)};
    const shorter = ruleText(aMatch(Array(20).fill('{{ change.title }}').join(' '), long)) ?? '';
    expect(shorter).toMatch(/^(&lt;)+… (&lt;)+…/);
    expect(shorter.length).toBeLessThanOrEqual(1400);
    expect(ruleText(aMatch('&'.repeat(1000)))).toBe(`${'&amp;'.repeat(249)}…`);
  });

  test.each([
    ['x _y z_', '*x ˍy zˍ*'],
    ['~x~ *y*', '*∼x∼ ∗y∗*'],
    ['>>> all', '*››› all*'],
  ])('is bold and has no other format with the value %j', (title, expected) => {
    expect(ruleText(aMatch('*{{ change.title }}*', {title}))).toBe(expected);
  });

  test('is formatted as its author wrote it, for any values', () => {
    fc.assert(
      fc.property(hostileTexts, title => {
        const written = ruleText(aMatch('{{ change.title }}\n*{{ change.title }}* {{ change.title }}', {title})) ?? '';
        const [quotable = '', bold = ''] = written.split('\n');
        expect(formattingIn(quotable)).toEqual([]);
        expect(formattingIn(bold)).toEqual([expect.stringMatching(/^\*[^*]*\*$/)]);
      }),
    );
  });

  test('contains only words, values and links to the host that its author wrote', () => {
    const parts = fc.constantFrom(
      '{{ change.title }}',
      ' <https://x.example/{{ change.title }}|{{ change.title }}> ',
      '<',
      '>',
      '`{{ change.title }}`',
      '*',
      '|',
      '&',
    );
    fc.assert(
      fc.property(fc.array(parts, {maxLength: 20}), hostileTexts, (text, title) => {
        const written = ruleText(aMatch(`x ${text.join('')}`, {title})) ?? '';
        const {mentions, links, broken} = readMrkdwn(written.replaceAll('`', ''));
        expect({mentions, broken}).toEqual({mentions: [], broken: []});
        expect(links.filter(url => new URL(url).host !== 'x.example')).toEqual([]);
        expect(written.length).toBeLessThanOrEqual(1400);
      }),
      {numRuns: runs(300)},
    );
  });
});
