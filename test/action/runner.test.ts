import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as toolkit from '@actions/core';
import {afterEach, beforeEach, describe, expect, jest, test} from '@jest/globals';
import fc from 'fast-check';
import {createRunner, type RunnerProcess} from '../../src/action/runner.ts';
import type {Core} from '../../src/base/deps.ts';
import {runs} from '../helpers/values/runs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runner-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

function start(env: Readonly<Record<string, string>> = {}) {
  const written: string[] = [];
  const process: RunnerProcess = {env, stdout: {write: text => written.push(text)}};
  return {core: createRunner(process), process, text: () => written.join('')};
}

/** An empty file of the runner. */
function file(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  return path;
}

const anyText = fc.string({unit: fc.constantFrom('a', 'é', '😀', '%', '\r', '\n', ':', ',', '=', '<', ' ', '"')});
const line = fc.integer({min: 1, max: 99});
const anyPlace = fc.record(
  {title: anyText, file: anyText, startLine: line, startColumn: line},
  {requiredKeys: ['startLine']},
);

describe('writes what @actions/core writes', () => {
  /** What the toolkit writes to standard output. */
  function byToolkit(call: (core: Pick<Core, 'info' | 'error'>) => void): string {
    const written: string[] = [];
    const spy = jest.spyOn(process.stdout, 'write').mockImplementation(text => written.push(String(text)) > 0);
    try {
      call(toolkit as unknown as Core);
    } finally {
      spy.mockRestore();
    }
    return written.join('');
  }

  const CALLS: Record<string, (core: Core, text: string, place: object) => void> = {
    debug: (core, text) => core.debug(text),
    info: (core, text) => core.info(text),
    'a notice': (core, text, place) => core.notice(text, place),
    'a warning': (core, text, place) => core.warning(text, place),
    'an error': (core, text, place) => core.error(text, place),
    'an error without a place': (core, text) => core.error(text),
    'a secret': (core, text) => core.setSecret(text),
  };

  test.each(Object.entries(CALLS))('%s', (_, call) => {
    fc.assert(
      fc.property(anyText, anyPlace, (text, place) => {
        const {core, text: written} = start();
        call(core, text, place);
        expect(written()).toBe(byToolkit(other => call(other as Core, text, place)));
      }),
      {numRuns: runs(50)},
    );
  });
});

test('an input is read from its name in capitals, and trimmed', () => {
  const {core} = start({'INPUT_SLACK-WEBHOOK-URL': ' https://x \n', INPUT_TWO_WORDS: 'y'});
  expect([core.getInput('slack-webhook-url'), core.getInput('two words'), core.getInput('none')]).toEqual([
    'https://x',
    'y',
    '',
  ]);
});

test('a failure is an error and sets the exit code', () => {
  const {core, process, text} = start();
  core.setFailed('it\nbroke');
  expect(process.exitCode).toBe(1);
  expect(text()).toBe('::error::it%0Abroke\n');
});

describe('outputs', () => {
  test('cannot be set by the value of another output', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('PORT_REACTOR_OUTPUT', '_', '\n', 'x<<y', 'x=y')), parts => {
        const path = file('output');
        const value = parts.join('');
        const {core} = start({GITHUB_OUTPUT: path});
        core.setOutput('first', value);
        core.setOutput('second', 'two');
        expect(readOutputs(path)).toEqual([
          ['first', value],
          ['second', 'two'],
        ]);
      }),
    );
  });

  test('are commands without the file, as for old runners', () => {
    const {core, text} = start();
    core.setOutput('outcome', 'a\nb');
    expect(text()).toBe('::set-output name=outcome::a%0Ab\n');
  });

  /** Reads the file as the runner does: a line with the delimiter ends a value. */
  function readOutputs(path: string): [string, string][] {
    const lines = readFileSync(path, 'utf8').split('\n');
    const outputs: [string, string][] = [];
    while (lines.length > 1) {
      const [name = '', delimiter = ''] = (lines.shift() ?? '').split('<<');
      outputs.push([name, lines.splice(0, lines.indexOf(delimiter)).join('\n')]);
      lines.shift();
    }
    return outputs;
  }
});

describe('the job summary', () => {
  test('is appended', () => {
    const path = file('summary');
    const {core} = start({GITHUB_STEP_SUMMARY: path});
    core.appendSummary('<p>1</p>');
    core.appendSummary('<p>2</p>');
    expect(readFileSync(path, 'utf8')).toBe('<p>1</p><p>2</p>');
  });

  test('fails if its file is missing, and does not create it', () => {
    const path = join(folder, 'missing');
    const {core} = start({GITHUB_STEP_SUMMARY: path});
    expect(() => core.appendSummary('x')).toThrow(`GITHUB_STEP_SUMMARY names a file that does not exist: ${path}`);
    expect(existsSync(path)).toBe(false);
  });

  test('fails without the variable', () => {
    expect(() => start().core.appendSummary('x')).toThrow('GITHUB_STEP_SUMMARY is not set');
  });
});
