import {describe, expect, test} from '@jest/globals';
import {JobLog, parseCommand, runnerLogText} from '../../../src/demo/fakes/runner-log.ts';

const KNOWN = new Set(['error', 'set-output', 'group']);

/** The log of the lines. */
function logOf(...lines: string[]): JobLog {
  const log = new JobLog();
  for (const line of lines) log.add(line);
  return log;
}

describe('parseCommand', () => {
  test.each([
    ['::error::no', {name: 'error', properties: {}, data: 'no'}],
    ['  ::ERROR::no', {name: 'error', properties: {}, data: 'no'}],
    [
      '::error file=a.yml,line=3::no%0Away%25',
      {name: 'error', properties: {file: 'a.yml', line: '3'}, data: 'no\nway%'},
    ],
    ['::error title=a%3A b%2C c::no', {name: 'error', properties: {title: 'a: b, c'}, data: 'no'}],
    ['::error::a::b', {name: 'error', properties: {}, data: 'a::b'}],
    ['x ##[set-output name=decision]evil', {name: 'set-output', properties: {name: 'decision'}, data: 'evil'}],
    ['##[group]Run ./', {name: 'group', properties: {}, data: 'Run ./'}],
    ['##[set-output name=a%3Bb;x=1%5D]c', {name: 'set-output', properties: {name: 'a;b', x: '1]'}, data: 'c'}],
  ])('finds the command in %s', (line, expected) => {
    expect(parseCommand(line, KNOWN)).toEqual(expected);
  });

  test.each(['x ::error::no', '::unknown::x', '::error', '##[unknown]x', '##[group', '## [group]x', '', 'plain'])(
    'does not find a command in %j',
    line => {
      expect(parseCommand(line, KNOWN)).toBeUndefined();
    },
  );
});

describe('the log of a job', () => {
  test('shows groups and annotations as GitHub does', () => {
    const log = logOf('::group::Title', 'inside', '::endgroup::', '::error title=T::bad', '::warning::hm', 'outside');
    expect(runnerLogText(log.lines)).toBe(
      '##[group]Title\ninside\n##[endgroup]\n##[error]bad\n##[warning]hm\noutside\n',
    );
    expect(log.lines[1]).toEqual({kind: 'text', text: 'inside', group: 'Title'});
    expect(log.lines.at(-1)).toEqual({kind: 'text', text: 'outside'});
  });

  test('replaces secrets everywhere, the longest first, also in lines before they were named', () => {
    const log = logOf('abc and abcdef', '::add-mask::abc', '::add-mask::abcdef%0Aghi', 'ghi');
    expect(log.lines.map(({text}) => text)).toEqual(['*** and ***', '***']);
  });

  test('follows only the token while commands are stopped, in both syntaxes', () => {
    const log = logOf(
      '::stop-commands::0123-4567',
      '::set-output name=outcome::evil',
      'x ##[set-output name=outcome]evil',
      '::stop-commands::x',
      '::x::',
      '::add-mask::e',
      '::0123-4567::',
      '::set-output name=outcome::good',
    );
    expect(Object.fromEntries(log.outputs)).toEqual({outcome: 'good'});
    expect(log.lines.map(({text}) => text)).toEqual([
      '::stop-commands::***',
      '::set-output name=outcome::evil',
      'x ##[set-output name=outcome]evil',
      '::stop-commands::x',
      '::x::',
      '::add-mask::e',
      '::***::',
    ]);
  });

  test('refuses the commands that GitHub has disabled', () => {
    const log = logOf('::set-env name=PATH::/evil', '::add-path::/evil');
    expect(log.lines.map(({kind, text}) => `${kind}: ${text}`)).toEqual([
      'error: The `set-env` command is disabled.',
      'error: The `add-path` command is disabled.',
    ]);
  });
});
