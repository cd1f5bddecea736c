import {describe, expect, test} from '@jest/globals';
import {ConfigError, PayloadError} from '../../src/base/errors.ts';
import {reportFailure} from '../../src/report/report-failure.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {createRecordingCore, type RecordingCore} from '../helpers/processes/recording-core.ts';

const ENV = {GITHUB_STEP_SUMMARY: '/summary'};

async function reported(error: unknown, broken: readonly string[] = []): Promise<RecordingCore> {
  const recorded = createRecordingCore({}, broken);
  reportFailure(error, recorded.core, ENV);
  return recorded;
}

/** The error of parsing the rules file. */
function rulesError(text: string): unknown {
  try {
    return parseRules(text, '.github/port-reactor.yml');
  } catch (error) {
    return error;
  }
}

test('the failure is in the log, the summary and the outputs', async () => {
  const {failures, summary, outputs, errors} = await reported(new PayloadError('diff.after', 'must be <an> object'));
  expect(failures).toEqual(['diff.after: must be <an> object']);
  expect(summary).toBe('<h2>❌ Port Reactor: failed</h2><pre>diff.after: must be &#60;an&#62; object</pre>\n');
  expect(Object.fromEntries(outputs)).toEqual({
    outcome: 'failed',
    reactions: '[]',
    remediations: '[]',
    'remediations-by-job': '{}',
  });
  expect(errors).toEqual([]);
});

describe('mistakes in the rules file', () => {
  test('are annotated at their lines', async () => {
    const text = 'version: 1\nrules:\n  - name: a\n    blueprint: b\n    propertty: c\n    notify: yes!\n';
    const {errors, failures} = await reported(rulesError(text));
    expect(errors).toMatchObject([
      {
        title: 'Port Reactor',
        file: '.github/port-reactor.yml',
        startLine: 5,
        startColumn: 5,
        message: expect.stringContaining('propertty'),
      },
      {startLine: 6, startColumn: 13},
    ]);
    expect(failures[0]).toContain('.github/port-reactor.yml:5:5: ');
  });

  test('give at most ten annotations, and the log has all', async () => {
    const text = `version: 1\nrules:\n${Array.from({length: 40}, (_, i) => `  - {name: r${i}, blueprint: b, notify: true, wrong: 1}\n`).join('')}`;
    const {errors, failures} = await reported(rulesError(text));
    expect(errors).toHaveLength(9);
    expect(failures[0]?.split('\n')).toHaveLength(41);
  });

  test('do not add commands to the log', async () => {
    const text = 'version: 1\nrules:\n  - {name: a, blueprint: b, notify: true, "##[error]x": 1, "::error::y": 2}\n';
    const {errors, failures} = await reported(rulesError(text));
    for (const {message} of errors) expect(message).not.toContain('##[');
    expect(failures[0]).not.toContain('##[');
    expect(failures[0]).not.toMatch(/^::/m);
  });
});

test('a mistake outside a file has no annotation', async () => {
  const {errors, failures} = await reported(
    new ConfigError('The inputs are wrong:', [{message: 'dry-run: must be true or false'}]),
  );
  expect(errors).toEqual([]);
  expect(failures).toEqual(['The inputs are wrong:\ndry-run: must be true or false']);
});

test.each([
  ['an error', new TypeError('x is not a function'), 'Internal error: x is not a function. This is a bug'],
  ['a text', 'no', 'Internal error: no. This is a bug'],
  ['undefined', undefined, 'Internal error: undefined. This is a bug'],
])('%s of an unknown kind fails the step as an internal error', async (_name, error, words) => {
  const {failures, debugs} = await reported(error);
  expect(failures[0]).toContain(words);
  expect(debugs.join('').includes('report-failure.test')).toBe(error instanceof Error);
});

test.each(['setOutput', 'summary'])('the step also fails if %s fails', async broken => {
  const {failures, warnings} = await reported(new PayloadError('', 'no event'), [broken]);
  expect(failures).toEqual(['no event']);
  expect(warnings.map(({message}) => message)).toEqual([
    expect.stringMatching(/^Outputs and job summary could not be written: /),
  ]);
});

test('a long message fits the summary', async () => {
  const {summary} = await reported(new PayloadError('', '<語'.repeat(500_000)));
  expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
});
