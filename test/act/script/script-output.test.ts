import {beforeEach, describe, expect, test} from '@jest/globals';
import {ScriptOutput} from '../../../src/act/script/script-output.ts';

const MIB = 1024 * 1024;

let shown: string;
let output: ScriptOutput;

beforeEach(() => {
  shown = '';
  const write = (text: string) => {
    shown += text;
  };
  output = new ScriptOutput(write, line => line.replaceAll('s3cr3t', '***'));
});

function print(...texts: string[]): void {
  for (const text of texts) output.add(text);
  output.end();
}

test('is shown and kept unchanged', () => {
  print('one\n', 'two\n');
  expect(shown).toBe('one\ntwo\n');
  expect(output.tail).toBe('one\ntwo\n');
});

test.each([
  [['no end of line'], 'no end of line\n'],
  [['one\n', 'two'], 'one\ntwo\n'],
  [['one\r'], 'one\r\n'],
  [['one\n', ''], 'one\n'],
  [[], ''],
])('the shown output of %j ends with a line break', (texts, expected) => {
  print(...texts);
  expect(shown).toBe(expected);
});

describe('beyond a mebibyte', () => {
  test.each([
    ['in one piece', ['x'.repeat(2 * MIB)]],
    ['in many pieces', Array(2048).fill('x'.repeat(1024))],
    ['one character over the limit', ['x'.repeat(MIB), 'y']],
  ])('output %s is cut, with one note', (_name, texts) => {
    print(...texts);
    expect(shown.length).toBeLessThan(MIB + 100);
    expect(shown.match(/the rest of the output is not shown/g)).toHaveLength(1);
    expect(shown.endsWith('\n… the rest of the output is not shown\n')).toBe(true);
  });
});

describe('the kept end', () => {
  test('is bounded, starts with a whole line, and has a mark of the cut', () => {
    print(...Array.from({length: 20_000}, (_, index) => `line ${index}\n`));
    expect(output.tail.length).toBeLessThanOrEqual(64 * 1024 + 2);
    expect(output.tail).toMatch(/^…\nline \d+\n/);
    expect(output.tail.endsWith('line 19999\n')).toBe(true);
  });

  test('contains no part of a secret, even if the output is one line', () => {
    print(`${'secret-token-'.repeat(10_000)}end`);
    const start = output.tail.slice(2);
    expect(start.length).toBeLessThanOrEqual(60 * 1024);
    expect(start.endsWith('end')).toBe(true);
  });
});

describe('the kept output equals what a terminal shows', () => {
  test('300 progress updates do not push an error out', () => {
    const updates = Array.from({length: 300}, (_, n) => `\r${'#'.repeat(n)} ${n} of 300`);
    print('error: no such host\n', ...updates, '\n');
    expect(output.tail).toBe(`error: no such host\n${'#'.repeat(299)} 299 of 300\n`);
    expect(shown).toContain('\r# 1 of 300');
  });

  test('100,000 progress updates in one piece do not push an error out', () => {
    print(`error: no such host\n${Array.from({length: 100_000}, (_, n) => `step ${n}\r`).join('')}done      \n`);
    expect(output.tail).toBe('error: no such host\ndone      \n');
  });

  test('the rest of an overwritten secret is replaced', () => {
    print('token s3cr3t\rlogin  ok\n');
    expect(output.tail).toBe('login  ok\n');
    print('a s3cr3t b\rx\n');
    expect(output.tail).toBe('login  ok\nx *** b\n');
  });
});
