import {expect, test} from '@jest/globals';
import {unknownSettings} from '../../../relay/config/environment.ts';
import {RELAY_VARIABLES} from '../../../src/base/settings/relay-variables.ts';

test.each<[string, string]>([
  ['REACTOR_PARTITION', 'Did you mean REACTOR_PARTITIONS?'],
  ['REACTOR_RULE', 'Did you mean REACTOR_RULES?'],
  ['reactor_rules', 'Did you mean REACTOR_RULES?'],
  ['REACTOR_COLOR_OF_LOGS', 'Known settings: REACTOR_EVENT_TYPE, REACTOR_RULES, '],
])('%s is reported without its value', (name, advice) => {
  const [warning, ...others] = unknownSettings({[name]: 'hush-hush', PATH: '/bin'});
  expect(warning).toContain(`${name} is not a setting of the relay. ${advice}`);
  expect(warning).not.toContain('hush');
  expect(others).toEqual([]);
});

test('known, empty and unrelated variables are not reported', () => {
  const all = Object.fromEntries(RELAY_VARIABLES.map(({name}) => [name, 'x']));
  expect(unknownSettings({...all, REACTOR_PARTITION: ' ', MY_REACTOR_X: 'x', REACTORS: 'x'})).toEqual([]);
});
