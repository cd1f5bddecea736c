import {describe, expect, test} from '@jest/globals';
import type {Problem} from '../../../src/base/errors.ts';
import {readPortEnv, readPortSecret} from '../../../src/cli/shared/port-env.ts';

describe("Port's credentials", () => {
  test('come from the environment, of the EU unless told', () => {
    const problems: Problem[] = [];
    expect(readPortEnv({PORT_CLIENT_ID: ' id ', PORT_CLIENT_SECRET: 'secret'}, problems)).toEqual({
      clientId: 'id',
      clientSecret: 'secret',
      apiUrl: 'https://api.port.io',
    });
    expect(problems).toEqual([]);
  });

  test('are missed all at once', () => {
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
  ])('may hold several secrets while they are rotated: of "%s" it is %s', (text, expected) => {
    expect(readPortSecret({PORT_CLIENT_SECRET: text}, [])).toBe(expected);
  });
});
