import {describe, expect, test} from '@jest/globals';
import {lintInhibit} from '../../../src/lint/rules/lint-inhibit.ts';

const rules = [
  {name: 'cluster-down', blueprint: 'cluster', severity: 'critical'},
  {name: 'node-down', blueprint: 'node'},
  {name: 'degraded', blueprint: 'deploymentConfig'},
];
const inhibit = (rule: string | string[], match?: object) => ({while: {rule}, through: 'on', ...(match && {match})});

describe('inhibitions', () => {
  test('from parents to children are correct', () => {
    const chain = [
      inhibit('cluster-down', {blueprint: ['node', 'deploymentConfig']}),
      inhibit('node-down', {rule: 'degraded'}),
    ];
    expect(lintInhibit({rules, inhibit: chain})).toEqual([]);
  });

  test.each([
    ['of two rules', [inhibit('cluster-down', {blueprint: 'node'}), inhibit('node-down', {severity: 'critical'})], 2],
    ['of one rule', [inhibit('node-down', {rule: 'node-down'})], 1],
    ['with a match for everything', [inhibit('cluster-down')], 1],
    [
      'of three rules',
      [
        inhibit(['cluster-down'], {rule: 'node-down'}),
        inhibit('node-down', {rule: 'degraded'}),
        inhibit('degraded', {rule: 'cluster-down'}),
      ],
      3,
    ],
  ])('in a cycle are reported: %s', (_, items, count) => {
    const problems = lintInhibit({rules, inhibit: items});
    expect(problems).toHaveLength(count);
    expect(problems[0]).toMatchObject({path: ['inhibit', 0], message: expect.stringMatching(/^forms a cycle: .* → /)});
  });

  test('next to a cycle are not part of it', () => {
    const items = [inhibit('cluster-down', {rule: 'node-down'}), inhibit('node-down', {rule: 'node-down'})];
    expect(lintInhibit({rules, inhibit: items}).map(({path}) => path)).toEqual([['inhibit', 1]]);
  });

  test.each([[null], [{inhibit: 5}], [{rules, inhibit: [3, {while: 'x', match: []}]}]])('%j has no cycle', json => {
    expect(lintInhibit(json)).toEqual([]);
  });
});
