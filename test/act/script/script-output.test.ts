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

function say(...texts: string[]): void {
  for (const text of texts) output.add(text);
  output.end();
}

test('is shown and kept as it comes', () => {
  say('one\n', 'two\n');
  expect(shown).toBe('one\ntwo\n');
  expect(output.tail).toBe('one\ntwo\n');
});

test.each([
  [['no end of line'], 'no end of line\n'],
  [['one\n', 'two'], 'one\ntwo\n'],
  [['one\r'], 'one\r\n'],
  [['one\n', ''], 'one\n'],
  [[], ''],
])('%j ends its line', (texts, expected) => {
  say(...texts);
  expect(shown).toBe(expected);
});

describe('beyond a mebibyte', () => {
  test.each([
    ['in one piece', ['x'.repeat(2 * MIB)]],
    ['in many', Array(2048).fill('x'.repeat(1024))],
    ['just so', ['x'.repeat(MIB), 'y']],
  ])('%s is not shown, and says so once', (_name, texts) => {
    say(...texts);
    expect(shown.length).toBeLessThan(MIB + 100);
    expect(shown.match(/the rest of the output is not shown/g)).toHaveLength(1);
    expect(shown.endsWith('\n… the rest of the output is not shown\n')).toBe(true);
  });
});

describe('the end that is kept', () => {
  test('is bounded, starts with a whole line, and says that it was cut', () => {
    say(...Array.from({length: 20_000}, (_, index) => `line ${index}\n`));
    expect(output.tail.length).toBeLessThanOrEqual(64 * 1024 + 2);
    expect(output.tail).toMatch(/^…\nline \d+\n/);
    expect(output.tail.endsWith('line 19999\n')).toBe(true);
  });

  test('holds no half of a secret, even where all is one line', () => {
    say(`${'secret-token-'.repeat(10_000)}end`);
    const start = output.tail.slice(2);
    expect(start.length).toBeLessThanOrEqual(60 * 1024);
    expect(start.endsWith('end')).toBe(true);
  });
});

describe('what is kept is what a terminal shows', () => {
  test('300 progress updates do not push an error out', () => {
    const updates = Array.from({length: 300}, (_, n) => `\r${'#'.repeat(n)} ${n} of 300`);
    say('error: no such host\n', ...updates, '\n');
    expect(output.tail).toBe(`error: no such host\n${'#'.repeat(299)} 299 of 300\n`);
    expect(shown).toContain('\r# 1 of 300');
  });

  test('nor do 100,000 updates in one piece', () => {
    say(`error: no such host\n${Array.from({length: 100_000}, (_, n) => `step ${n}\r`).join('')}done      \n`);
    expect(output.tail).toBe('error: no such host\ndone      \n');
  });

  test('and what is left of a secret that was written over is blanked', () => {
    say('token s3cr3t\rlogin  ok\n');
    expect(output.tail).toBe('login  ok\n');
    say('a s3cr3t b\rx\n');
    expect(output.tail).toBe('login  ok\nx *** b\n');
  });
});
