import {expect, test} from '@jest/globals';
import {stillStands} from '../../src/act/still-stands.ts';
import type {Transition} from '../../src/change/transition.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {rulesFile} from '../helpers/plans.ts';

const transition: Transition = {property: 'value', from: 'Healthy', to: 'Degraded', changed: true, truncated: false};

test.each<{rule: string; to?: unknown; now: object; expected: boolean}>([
  {rule: 'to: [Degraded, Crashed]', now: {value: 'Degraded'}, expected: true},
  {rule: 'to: [Degraded, Crashed]', now: {value: 'Crashed'}, expected: true},
  {rule: 'to: [Degraded, Crashed]', now: {value: 'Healthy'}, expected: false},
  {rule: 'to: [Degraded, Crashed]', now: {}, expected: false},
  {rule: 'to: null', to: null, now: {}, expected: true},
  {rule: 'to: null', to: null, now: {value: null}, expected: true},
  {rule: 'to: null', to: null, now: {value: ''}, expected: false},
  {rule: 'above: 80', to: 85, now: {value: 80}, expected: true},
  {rule: 'above: 80', to: 85, now: {value: 79.9}, expected: false},
  {rule: 'above: 80', to: 85, now: {value: '90'}, expected: false},
  {rule: 'above: 80', to: 85, now: {}, expected: false},
  {rule: 'below: 20', to: 5, now: {value: 20}, expected: true},
  {rule: 'below: 20', to: 5, now: {value: 21}, expected: false},
  {rule: 'from: Healthy', now: {value: 'Degraded'}, expected: true},
  {rule: 'from: Healthy', now: {value: 'Crashed'}, expected: false},
  {rule: 'from: Healthy', to: {a: 1, b: [2]}, now: {value: {b: [2], a: 1}}, expected: true},
  {rule: 'from: Healthy', to: 0, now: {value: -0}, expected: true},
  {rule: 'from: Healthy', to: null, now: {}, expected: true},
])('the reason of {$rule} after a change to $to stands with $now: $expected', ({rule, now, expected, ...given}) => {
  const {rules} = parseRules(rulesFile([`property: value, ${rule}, notify: true`]), 'rules.yml');
  const [only] = rules;
  const to = 'to' in given ? given.to : 'Degraded';
  expect(only && stillStands(only, {...transition, to}, now as Record<string, unknown>)).toBe(expected);
});
