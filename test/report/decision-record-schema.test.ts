import {expect, test} from '@jest/globals';
import {toJSONSchema} from 'zod';
import {DecisionRecord} from '../../src/report/decision-record-schema.ts';

test('the schema can be published as JSON Schema', () => {
  const schema = toJSONSchema(DecisionRecord, {target: 'draft-7', unrepresentable: 'any'});
  expect(schema).toMatchObject({type: 'object', required: ['change', 'rules', 'reactions', 'run']});
});

test.each([
  ['nothing', {}],
  ['no rules', {change: {}, reactions: [], run: ''}],
  [
    'an unknown status',
    {
      change: {},
      rules: [],
      reactions: [{change: '', rule: '', kind: 'notification', status: 'ok', detail: ''}],
      run: '',
    },
  ],
])('the schema refuses %s', (_name, line) => {
  expect(DecisionRecord.safeParse(line).success).toBe(false);
});
