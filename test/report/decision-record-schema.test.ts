import {expect, test} from '@jest/globals';
import {toJSONSchema} from 'zod';
import {DecisionRecord} from '../../src/report/decision-record-schema.ts';

test('can be published as JSON Schema', () => {
  const schema = toJSONSchema(DecisionRecord, {target: 'draft-7', unrepresentable: 'any'});
  expect(schema).toMatchObject({type: 'object', required: ['change', 'rules', 'reactions', 'run']});
});

test.each([
  ['nothing', {}],
  ['no rules', {change: {}, reactions: [], run: ''}],
  [
    'a status of no reaction',
    {
      change: {},
      rules: [],
      reactions: [{change: '', rule: '', kind: 'notification', status: 'ok', detail: ''}],
      run: '',
    },
  ],
])('is not met by %s', (_name, line) => {
  expect(DecisionRecord.safeParse(line).success).toBe(false);
});
