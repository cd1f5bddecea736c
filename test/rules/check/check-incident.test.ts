import {describe, expect, test} from '@jest/globals';
import {ConfigError} from '../../../src/base/errors.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';

const parse = (text: string) => parseRules(`version: 1\n${text}`, 'rules.yml');
const rule = (keys: string) => `rules:\n  - {name: a, blueprint: b, property: p, ${keys}}`;

function mistakesIn(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({message}) => message);
  }
}

describe('the incident keys of a rule compile', () => {
  test.each([
    ['above: 80, clear: 70', {clear: {at: 70}}],
    ['above: 80, clear: {at: 70, for: 10m}', {clear: {at: 70, forMs: 600_000}}],
    ['above: 80, clear: {for: 10m}', {clear: {forMs: 600_000}}],
    ['to: Degraded, clear: {to: Healthy, for: 10m}', {clear: {to: ['Healthy'], forMs: 600_000}}],
    ['to: Degraded, for: 5m', {forMs: 300_000}],
    ['to: Degraded, flapping: {changes: 5, within: 30m}', {flapping: {changes: 5, withinMs: 1_800_000}}],
    ['to: Degraded, remediate: {job: j, verify: 10m}', {remediate: {job: 'j', verifyMs: 600_000}}],
  ])('%s', (keys, compiled) => {
    expect(parse(rule(`${keys}, notify: true`)).rules[0]).toMatchObject(compiled);
  });

  test.each([
    ['recovery: false', {recovery: false}],
    ['repeat: 4h', {repeat: {everyMs: 14_400_000}}],
    ['repeat: {every: 4h, times: 5}', {repeat: {everyMs: 14_400_000, times: 5}}],
    ['escalate: {after: 30m, slack: leads}', {escalate: [{afterMs: 1_800_000, slack: ['leads']}]}],
    [
      'escalate: [{after: 1h, slack: leads}, {after: 30m, slack: [on-call, ops], mention: <!here>}]',
      {
        escalate: [
          {afterMs: 1_800_000, slack: ['on-call', 'ops'], mention: '<!here>'},
          {afterMs: 3_600_000, slack: ['leads']},
        ],
      },
    ],
  ])('notify: {%s}', (keys, compiled) => {
    expect(parse(rule(`to: Degraded, notify: {${keys}}`)).rules[0]?.notify).toEqual(compiled);
  });
});

describe('mistakes about incidents', () => {
  test.each([
    ['for: 5', 'must be a number and a unit, for example 20s, 5m or 1h, but is the number 5'],
    [
      'clear: "70"',
      'must be a number or a mapping, for example `clear: 70` or `clear: { at: 70, for: 10m }`, but is the string "70"',
    ],
    ['clear: {at: 70}', 'needs `above` or `below`: it sets when their incident ends'],
    ['clear: {}', 'is an empty mapping. Set `at`, `to` or `for`, or remove the key.'],
    ['clear: {upto: Healthy}', '"upto" is not a key here'],
    ['clear: {to: Degraded}', 'cannot end the incident with "Degraded", which is a value of `to`'],
    ['flapping: {changes: 1, within: 30m}', 'must be at least 2: one change is not flapping'],
    ['flapping: {changes: 5}', 'is missing'],
    [
      'notify: {repeat: 4}',
      'must be a duration or a mapping, for example `repeat: 4h` or `repeat: { every: 4h, times: 5 }`',
    ],
    ['notify: {repeat: {every: 4h, times: 0}}', 'must be at least 1'],
    ['notify: {escalate: []}', 'is an empty list'],
    ['notify: {escalate: [{after: 30m}]}', 'is missing'],
    [
      'notify: {escalate: [{after: 30m, slack: "{{ after.properties.team }}"}]}',
      'must be a name. Expressions are not supported',
    ],
    ['notify: {escalate: [{after: 30m, slack: on-call, mention: jane}]}', "must be in Slack's form"],
    [
      'remediate: {job: j, verify: soon}',
      'must be a number and a unit, for example 20s, 5m or 1h, but is the string "soon"',
    ],
  ])('to: Degraded, %s', (keys, message) => {
    const notify = keys.startsWith('notify') ? '' : ', notify: true';
    expect(mistakesIn(rule(`to: Degraded, ${keys}${notify}`))).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ['above: 80, clear: 90', 'must be at most 80, the value of `above`'],
    ['above: 80, clear: {at: 90}', 'must be at most 80, the value of `above`'],
    ['below: 10, clear: {at: 5}', 'must be at least 10, the value of `below`'],
    ['above: 80, clear: {to: Healthy}', 'needs `to`: it sets when the incident of those values ends'],
    ['for: 5m', 'needs `to`, `above` or `below`'],
    ['flapping: {changes: 5, within: 30m}', 'needs `to`, `above` or `below`'],
    ['clear: {for: 5m}', 'needs `to`, `above` or `below`'],
    ['remediate: {job: j, verify: 5m}', 'needs `to`, `above` or `below`'],
  ])('%s', (keys, message) => {
    expect(mistakesIn(rule(`${keys}, notify: true`))).toEqual([expect.stringContaining(message)]);
  });

  test.each(['repeat: 4h', 'escalate: [{after: 30m, slack: x}]'])('notify: {%s}', keys => {
    expect(mistakesIn(rule(`notify: {${keys}}`))).toEqual([expect.stringContaining('needs `to`, `above` or `below`')]);
  });

  test('a misspelt `above` is one mistake, not two', () => {
    expect(mistakesIn(rule('abov: 80, for: 5m, notify: true'))).toEqual([
      expect.stringContaining('"abov" is not a key'),
    ]);
  });
});

describe('inhibit', () => {
  const withInhibit = (item: string) => `inhibit: [${item}]\n${rule('notify: true')}`;

  test('compiles to names of rules, a relation and a selector', () => {
    const text = withInhibit('{while: {rule: a}, through: cluster, match: {blueprint: x}}');
    expect(parse(text).inhibit).toEqual([{while: ['a'], through: 'cluster', match: {blueprint: ['x']}}]);
    expect(parse(withInhibit('{while: {rule: [a]}, through: cluster}')).inhibit).toEqual([
      {while: ['a'], through: 'cluster', match: {}},
    ]);
  });

  test.each([
    ['{while: {rule: cluster-down}, through: c}', 'inhibit[0].while.rule: there is no rule "cluster-down"'],
    ['{while: {rule: [a, aa]}, through: c}', 'there is no rule "aa". Did you mean "a"?'],
    ['{while: {rule: a}, through: c, match: {rule: zz}}', 'inhibit[0].match.rule: there is no rule "zz"'],
    ['{while: {rule: a}}', 'inhibit[0].through: is missing'],
    ['{while: a, through: c}', 'must be a mapping, for example `while: { rule: cluster-down }`'],
    ['{while: {rule: a}, thru: c}', '"thru" is not a key here'],
  ])('%s', (item, message) => {
    expect(mistakesIn(withInhibit(item)).join('\n')).toContain(message);
  });
});

test('incidents names the blueprint in Port', () => {
  expect(parse(`incidents: {blueprint: portReactorIncident}\n${rule('notify: true')}`).incidents).toEqual({
    blueprint: 'portReactorIncident',
  });
  expect(mistakesIn(`incidents: portReactorIncident\n${rule('notify: true')}`)).toEqual([
    expect.stringContaining('must be a mapping, for example `incidents: { blueprint: portReactorIncident }`'),
  ]);
});
