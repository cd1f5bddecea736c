import {describe, expect, test} from '@jest/globals';
import {
  ConfigError,
  describeProblem,
  messageOf,
  NetworkError,
  PayloadError,
  ReactorError,
  RequestError,
} from '../../src/base/errors.ts';

describe('the error classes', () => {
  test.each([
    [new ConfigError('Bad.', []), 'ConfigError'],
    [new PayloadError('a.b', 'is wrong'), 'PayloadError'],
    [new RequestError('no', {method: 'GET', url: 'https://example.com', status: 404}), 'RequestError'],
    [new NetworkError('no'), 'NetworkError'],
  ])('%s is a ReactorError with its name', (error, name) => {
    expect(error).toBeInstanceOf(ReactorError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(String(error).startsWith(`${name}: `)).toBe(true);
  });

  test('a ConfigError shows every problem with its place', () => {
    const problems = [
      {message: 'has no line'},
      {message: 'is wrong', line: 3, column: 7},
      {message: 'is odd', line: 9},
    ];
    const error = new ConfigError('The file has 3 mistakes:', problems, 'rules.yml');
    expect(error).toMatchObject({problems, file: 'rules.yml'});
    expect(error.message).toBe(
      'The file has 3 mistakes:\nrules.yml: has no line\nrules.yml:3:7: is wrong\nrules.yml:9: is odd',
    );
    expect(new ConfigError('Settings:', [{message: 'PORT is missing'}]).message).toBe('Settings:\nPORT is missing');
  });

  test.each<[string, number | undefined, number | undefined, string]>([
    ['a.yml', 1, 2, 'a.yml:1:2: bad'],
    ['a.yml', undefined, undefined, 'a.yml: bad'],
  ])('a problem in %s at %s:%s reads %s', (file, line, column, expected) => {
    const place = line === undefined || column === undefined ? {} : {line, column};
    expect(describeProblem({message: 'bad', ...place}, file)).toBe(expected);
  });

  test('a PayloadError shows its path, if it has one', () => {
    expect(new PayloadError('diff.after', 'must be an object')).toMatchObject({
      path: 'diff.after',
      message: 'diff.after: must be an object',
    });
    expect(new PayloadError('', 'The body must be an object').message).toBe('The body must be an object');
  });

  test('errors of requests keep their cause', () => {
    const cause = new Error('socket hang up');
    const details = {method: 'POST', url: 'https://example.com', status: 429, retryAfterMs: 5000, cause};
    expect(new RequestError('limited', details)).toMatchObject(details);
    expect(new NetworkError('no answer', cause).cause).toBe(cause);
  });
});

describe('the message of a thrown value', () => {
  const refused = Object.assign(new AggregateError([new Error('a'), new Error('b')]), {code: 'ECONNREFUSED'});
  test.each<[string, unknown, string]>([
    ['an error', new TypeError('no such thing'), 'no such thing'],
    ['an error without a message', new TypeError(), 'TypeError'],
    ['several failures', refused, 'ECONNREFUSED'],
    [
      'a cause',
      new TypeError('fetch failed', {cause: new Error('getaddrinfo ENOTFOUND x')}),
      'fetch failed (getaddrinfo ENOTFOUND x)',
    ],
    ['a cause that has only a code', new TypeError('fetch failed', {cause: refused}), 'fetch failed (ECONNREFUSED)'],
    ['a cause that is already in the message', new Error('a: b', {cause: new Error('b')}), 'a: b'],
    ['a cause that is not an error', new Error('a', {cause: 'b'}), 'a'],
    ['several lines', new ConfigError('Mistakes:', [{message: 'one'}, {message: 'two'}]), 'Mistakes: one two'],
    ['a text', 'just\ntext', 'just text'],
    ['nothing', undefined, 'undefined'],
    ['an object', {a: 1}, '[object Object]'],
    ['an object without a prototype', Object.create(null), 'a value that cannot be converted to text'],
  ])('%s', (_, thrown, expected) => {
    expect(messageOf(thrown)).toBe(expected);
  });
});
