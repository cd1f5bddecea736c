import {expect, test} from '@jest/globals';
import {type Outcome, sentenceOf, tallyOf} from '../../src/act/outcome.ts';
import {aChange} from '../helpers/values/changes.ts';
import {aMatch} from '../helpers/values/plans.ts';

const notified: Outcome = {match: aMatch(aChange()), kind: 'notification', status: 'done', detail: 'posted to default'};
const failed: Outcome = {...notified, kind: 'remediation', status: 'failed', run: 'fix.sh', detail: 'ended\nbadly'};

test('sentenceOf has the entity, the action and its result on one line', () => {
  expect(sentenceOf(notified)).toBe('rule-1: notification done: posted to default');
  expect(sentenceOf(failed)).toBe('rule-1: remediation failed: fix.sh ended badly');
});

test('tallyOf counts the outcomes of each kind', () => {
  expect(tallyOf([failed, notified, failed])).toBe('1 done, 2 failed');
  expect(tallyOf([])).toBe('');
});
