import {readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {ACTION_INPUTS, ACTION_OUTPUTS} from '../../../src/lint/workflow/action-metadata.ts';

const action = parse(readFileSync(new URL('../../../action.yml', import.meta.url), 'utf8'));

test('the names of inputs and outputs are those of action.yml', () => {
  expect(ACTION_INPUTS).toEqual(Object.keys(action.inputs));
  expect(ACTION_OUTPUTS).toEqual(Object.keys(action.outputs));
});
