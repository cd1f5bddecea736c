import {expect, test} from '@jest/globals';
import {reportedWords} from '../../../src/lint/rule-tests/reported-words.ts';

const JSON_ = {statuses: {helth: ['a']}, rules: [{name: ' r ', notify: {slack: ['a', 'b']}, if: 'after.properties.x'}]};

test.each([
  [{path: ['rules', 0, 'notify', 'slack', 1]}, ['b']],
  [{path: ['rules', 0, 'name']}, ['r']],
  [{path: ['statuses', 'helth'], atKey: true}, ['helth']],
  [{path: ['rules', 0, 'if'], part: 'x'}, ['after.properties.x', 'x']],
  [{path: ['rules', 0]}, []],
  [{path: ['rules', 0, 'toString', 'name']}, []],
  [{path: ['nowhere', 7]}, []],
])('the problem %j makes the words %j reported', (problem, words) => {
  expect(reportedWords(JSON_, [{...problem, message: ''}])).toEqual(words);
});
