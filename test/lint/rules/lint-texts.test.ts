import {expect, test} from '@jest/globals';
import {lintTexts} from '../../../src/lint/rules/lint-texts.ts';

const check = (text: unknown, rule: object = {}) =>
  lintTexts({rules: [{notify: {text}, ...rule}]}).map(({part, message}) => `${part}: ${message.split('JSON. ')[1]}`);

test.each([
  ['{{ change }}', '{{ change.title }}'],
  ['{{ change.by }}', '{{ change.by.email }}'],
  ['{{After.Properties}}', '{{ after.properties.healthStatus }}'],
  ['{{ (before) }}', '{{ before.properties.healthStatus }}'],
  ['{{ before.relations }}', '{{ before.relations.service }}'],
  ['{{ after || before }}', '{{ after.properties.healthStatus }}'],
])('%s would be shown as JSON', (text, example) => {
  expect(check(`the change: ${text} and {{ change.title }}`)).toEqual([
    `${text}: Write a part of it, for example ${example}.`,
  ]);
});

test('the example is the property of the rule, and each occurrence is reported', () => {
  expect(check('{{ after }} {{ change }}', {property: 'cpuUtil'})).toEqual([
    '{{ after }}: Write a part of it, for example {{ after.properties.cpuUtil }}.',
    '{{ change }}: Write a part of it, for example {{ change.title }}.',
  ]);
});

test.each([
  '{{ change.by.email }} {{ change.team }} {{ after.properties.x }} {{ change.from }}',
  '{{ toJSON(change) }} {{ after.properties == null }}',
  "{{ fromJSON('{') }} {{ aftr }} {{ }} {{",
  7,
  null,
])('%s is correct, or reported by another check', text => {
  expect(check(text)).toEqual([]);
});
