import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {Outcome} from '../../../../src/act/outcome.ts';
import {messageText} from '../../../../src/act/slack/block-kit/blocks.ts';
import {renderResults} from '../../../../src/act/slack/message/results.ts';
import {readMrkdwn, slackRefusal} from '../../../helpers/servers/slack-server.ts';
import {aChange} from '../../../helpers/values/changes.ts';
import {hostileChanges, hostileTexts} from '../../../helpers/values/hostile.ts';
import {aMatch} from '../../../helpers/values/plans.ts';
import {runs} from '../../../helpers/values/runs.ts';

const RUN_URL = 'https://github.com/acme/ops/actions/runs/42';
const match = aMatch(aChange(), 'remediate: {run: fix.sh}');

function anOutcome(outcome: Partial<Outcome> = {}): Outcome {
  return {match, kind: 'remediation', status: 'done', run: 'fix.sh', detail: 'ended with exit code 0', ...outcome};
}

function render(...outcomes: Outcome[]): {text: string; lines: string[]} {
  const message = renderResults(outcomes, RUN_URL);
  expect(slackRefusal(message)).toBeUndefined();
  const body = messageText(message);
  expect(readMrkdwn(body)).toMatchObject({mentions: [], broken: []});
  return {text: message.text, lines: body.split('\n')};
}

test('a script that succeeded is shown in three lines, with the end of its output', () => {
  const output = 'one\ntwo\nthree\n\u001b[32mfour\u001b[0m <done>\n';
  const {text, lines} = render(anOutcome({output, durationMs: 12_300}));
  expect(text).toBe('Remediation done: Notification Service Production: fix.sh ended with exit code 0');
  expect(lines.slice(0, 3)).toEqual([
    '✅ *REMEDIATION DONE* · *Notification Service Production*',
    '`fix.sh` ended with exit code 0 (12 s)',
    'Rule `rule-1`: healthStatus went from Healthy to Degraded',
  ]);
  expect(lines).toContain('two');
  expect(lines).not.toContain('one');
  expect(lines).toContain('… 1 line before this');
  expect(lines.at(-1)).toBe(`<${RUN_URL}|See the whole output in this run>`);
});

test('a failure shows more of the output, and its lock-screen text reports the failure', () => {
  const output = Array.from({length: 30}, (_, index) => `line ${index}\n`).join('');
  const {text, lines} = render(anOutcome({status: 'failed', detail: 'ended with exit code 3', output}));
  expect(text).toMatch(/^Remediation failed: /);
  expect(lines[0]).toMatch('❌ *REMEDIATION FAILED*');
  expect(lines.filter(line => line.startsWith('line'))).toHaveLength(12);
  expect(lines).toContain('line 29');
  expect(lines).toContain('… 18 lines before this');
});

test('the output is cut between lines, never within a number', () => {
  const rows = Array.from(
    {length: 40},
    (_, index) => `terminated ${1_000_000 + index} <idle> since ${index} ${'-'.repeat(50)}`,
  );
  const {lines} = render(anOutcome({output: `${rows.join('\n')}\n`}));
  const block = lines.slice(lines.indexOf('```') + 1, lines.lastIndexOf('```'));
  const shown = block.slice(1).map(line => line.replaceAll('&lt;', '<').replaceAll('&gt;', '>'));
  expect(shown.length).toBeGreaterThan(0);
  expect(rows.slice(-shown.length)).toEqual(shown);
  expect(block[0]).toBe(`… ${rows.length - shown.length} lines before this`);
});

test('a skipped remediation has no duration', () => {
  const {lines} = render(anOutcome({status: 'skipped', detail: 'was not run: healthStatus is now Healthy'}));
  expect(lines.slice(0, 2)).toEqual([
    '⏭️ *REMEDIATION SKIPPED* · *Notification Service Production*',
    '`fix.sh` was not run: healthStatus is now Healthy',
  ]);
});

test('several results are counted by their status', () => {
  const {text} = render(anOutcome(), anOutcome({status: 'skipped'}), anOutcome({status: 'failed'}));
  expect(text).toBe('3 remediations: 1 done, 1 skipped, 1 failed');
});

test.each([
  [11, 1],
  [60, 50],
  [500, 490],
])('ten of %d results are shown, failures first, and %d are counted', (n, hidden) => {
  const results = Array.from({length: n}, (_, i) =>
    anOutcome({status: i === n - 1 ? 'failed' : 'done', output: 'output\n'}),
  );
  const {text, lines} = render(...results);
  expect(text).toBe(`${n} remediations: ${n - 1} done, 1 failed`);
  expect(lines[0]).toBe(`❌ *${n} remediations*: ${n - 1} done, 1 failed`);
  expect(lines.filter(line => line.includes('*REMEDIATION')).map(line => line.split(' · ')[0])).toEqual([
    '❌ *REMEDIATION FAILED*',
    ...Array(9).fill('✅ *REMEDIATION DONE*'),
  ]);
  expect(lines).toContain(`… and ${hidden} more result${hidden === 1 ? '' : 's'}: ${hidden} done`);
});

test('long results are shown as far as Slack accepts them, and the rest is counted', () => {
  const output = `${'"'.repeat(5000)}\n`;
  const title = '<'.repeat(100);
  const hostile = {...match, change: {...match.change, title}};
  const {lines} = render(
    ...Array.from({length: 500}, () => anOutcome({match: hostile, status: 'failed', output, detail: '"'.repeat(500)})),
  );
  const shown = lines.filter(line => line.includes('REMEDIATION FAILED')).length;
  expect(shown).toBeGreaterThan(3);
  expect(lines).toContain(`… and ${500 - shown} more results: ${500 - shown} failed`);
});

describe('hostile text', () => {
  test('of the catalog and of scripts is only text, in a message that Slack accepts', () => {
    const outcomes = fc
      .record({
        change: hostileChanges(),
        status: fc.constantFrom('done' as const, 'skipped' as const, 'failed' as const),
        detail: hostileTexts,
        output: fc.array(hostileTexts, {maxLength: 4}).map(lines => lines.join('\n')),
      })
      .map(({change, ...rest}) => anOutcome({match: {...match, change}, ...rest}));
    fc.assert(
      fc.property(fc.array(outcomes, {minLength: 1, maxLength: 12}), all => {
        render(...all);
      }),
      {numRuns: runs(100)},
    );
  });
});
