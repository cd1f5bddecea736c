import {expect, test} from '@jest/globals';
import {UsageError} from '../../../src/cli/shared/usage.ts';

test('invalid usage names the command and every problem', () => {
  const error = new UsageError('init', [{message: 'one'}, {message: 'two'}]);
  expect(error.message).toBe("port-reactor init can't start:\n- one\n- two");
  expect(error.name).toBe('UsageError');
});
