/**
 * Messages of zod. The full library sets English ones for the whole process when it is loaded, and other test files in this process
 * load it. The action has only zod/mini, which has none.
 */
import {afterAll, beforeAll} from '@jest/globals';
import {config, type core} from 'zod/mini';

/** Removes the messages during the tests of this file. */
export function withoutZodMessages(): void {
  let messages: core.$ZodErrorMap | undefined;
  beforeAll(() => {
    messages = config().localeError;
    config({localeError: undefined});
  });
  afterAll(() => void config({localeError: messages}));
}
