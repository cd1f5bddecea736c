import {describe, expect, test} from '@jest/globals';
import type {Problem} from '../../../../src/base/errors.ts';
import {readPortEnv, readPortSecret} from '../../../../src/cli/shared/env/port-env.ts';

describe('the credentials of Port', () => {
  test('come from the environment, for the EU by default', () => {
    const problems: Problem[] = [];
    expect(readPortEnv({PORT_CLIENT_ID: ' id ', PORT_CLIENT_SECRET: 'secret'}, problems)).toEqual({
      clientId: 'id',
      clientSecret: 'secret',
      apiUrl: 'https://api.port.io',
    });
    expect(problems).toEqual([]);
  });

  test('have all missing variables in one error', () => {
    const problems: Problem[] = [];
    readPortEnv({PORT_CLIENT_ID: '', PORT_API_URL: 'api.port.io'}, problems);
    expect(problems.map(({message}) => message.split(' ')[0])).toEqual([
      'PORT_CLIENT_ID',
      'PORT_CLIENT_SECRET',
      'PORT_API_URL',
    ]);
  });

  test.each([
    ['one', 'one'],
    ['one,two', 'one'],
    [' , two ,three', 'two'],
  ])('can have several secrets during a rotation: "%s" is read as %s', (text, expected) => {
    expect(readPortSecret({PORT_CLIENT_SECRET: text}, [])).toBe(expected);
  });
});
