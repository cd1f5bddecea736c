import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import type {Outcome} from '../../src/act/outcome.ts';
import type {ConfigError} from '../../src/base/errors.ts';
import {type Run, readRun} from '../../src/base/run.ts';
import type {Change} from '../../src/change/change.ts';
import {DecisionRecord} from '../../src/report/decision-record-schema.ts';
import {report} from '../../src/report/report.ts';
import {createRecordingCore, type RecordingCore} from '../helpers/processes/recording-core.ts';
import {temporaryDirectory} from '../helpers/processes/run-script.ts';
import {aChange} from '../helpers/values/changes.ts';
import {HOSTILE} from '../helpers/values/hostile.ts';
import {planFor, rulesFile} from '../helpers/values/plans.ts';

let temp: string;
let remove: () => Promise<void>;
let run: Run;
let recorded: RecordingCore;

beforeEach(async () => {
  ({path: temp, remove} = await temporaryDirectory());
  run = readRun({RUNNER_TEMP: temp, GITHUB_STEP_SUMMARY: '/summary'});
  recorded = createRecordingCore();
});
afterEach(() => remove());

interface Given {
  readonly rules?: readonly string[];
  readonly outcome?: Partial<Outcome>;
  readonly errors?: readonly ConfigError[];
  readonly duplicates?: number;
  readonly remarks?: readonly string[];
}

/** Reports about changes. All notifications and hand-overs have this outcome. */
async function reportOn(
  changes: readonly Change[],
  {rules, outcome, errors = [], duplicates = 0, remarks = []}: Given = {},
): Promise<void> {
  const {decisions, plan} = planFor(rulesFile(rules), changes);
  const outcomes = [
    ...plan.notifications.flatMap(({matches}) =>
      matches.map((match): Outcome => ({match, kind: 'notification', status: 'done', detail: 'posted', ...outcome})),
    ),
    ...plan.handOvers.map(
      ({match, job}): Outcome => ({match, job, kind: 'remediation', status: 'done', detail: 'handed'}),
    ),
  ];
  report({decisions, outcomes, errors, duplicates, remarks}, recorded.core, run);
}

const output = (name: string) => recorded.outputs.get(name);
const records = () =>
  readFileSync(output('decisions') ?? '', 'utf8')
    .split('\n')
    .slice(0, -1);

describe('the outputs', () => {
  test('are exactly those of action.yml', async () => {
    await reportOn([aChange({id: 'r_1'})], {rules: ['severity: critical, notify: true, remediate: {job: scale}']});
    const declared = readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')
      .split(/^outputs:$/m)[1]
      ?.split(/^\S/m)[0]
      ?.match(/^ {2}[\w-]+(?=:)/gm)
      ?.map(name => name.trim());
    expect([...recorded.outputs.keys()].sort()).toEqual(declared?.sort());
    expect(Object.fromEntries(recorded.outputs)).toMatchObject({
      outcome: 'reacted',
      rule: 'rule-1',
      entity: 'notification-service-prod',
      blueprint: 'deploymentConfig',
      property: 'healthStatus',
      from: 'Healthy',
      to: 'Degraded',
      severity: 'critical',
    });
    expect(JSON.parse(output('reactions') ?? '')).toEqual([
      {change: 'r_1', rule: 'rule-1', kind: 'notification', status: 'done', detail: 'posted'},
      {change: 'r_1', rule: 'rule-1', kind: 'remediation', status: 'done', detail: 'handed', job: 'scale'},
    ]);
    const items = [{job: 'scale', rule: 'rule-1', change: 'r_1'}];
    expect(JSON.parse(output('remediations') ?? '')).toMatchObject(items);
    expect(JSON.parse(output('remediations-by-job') ?? '')).toMatchObject({scale: items});
  });

  test.each<[string, readonly string[], string, string]>([
    [
      'the most severe reaction',
      ['notify: true', 'severity: critical, notify: true', 'severity: warning, notify: true'],
      'rule-2',
      'critical',
    ],
    [
      'the first of equally severe reactions',
      ['notify: true', 'severity: warning, notify: true', 'severity: warning, notify: true'],
      'rule-2',
      'warning',
    ],
    ['a hand-over', ['notify: true', 'severity: warning, remediate: {job: scale}'], 'rule-2', 'warning'],
  ])('describe %s', async (_name, rules, rule, severity) => {
    await reportOn([aChange()], {rules});
    expect([output('rule'), output('severity')]).toEqual([rule, severity]);
  });

  test('describe the change of the most severe reaction', async () => {
    const rules = ['to: Degraded, notify: true', 'to: Crashed, severity: critical, notify: true'];
    await reportOn([aChange({entity: 'a'}), aChange({entity: 'b', to: 'Crashed'})], {rules});
    expect([output('entity'), output('to'), output('severity')]).toEqual(['b', 'Crashed', 'critical']);
  });

  test('give each later job only its own items', async () => {
    const job = (name: string, to: string) => `to: ${to}, remediate: {job: ${name}}`;
    const rules = [job('cordon', 'Degraded'), job('teardown', 'Crashed'), job('__proto__', 'Degraded')];
    await reportOn([aChange({entity: 'a'}), aChange({entity: 'b'})], {rules});
    const byJob = JSON.parse(output('remediations-by-job') ?? '') as Record<string, {entity: string; job: string}[]>;
    expect(Object.keys(byJob)).toEqual(['cordon', '__proto__']);
    for (const [name, items] of Object.entries(byJob)) {
      expect(items.map(({entity, job}) => [entity, job])).toEqual([
        ['a', name],
        ['b', name],
      ]);
    }
  });

  test('are empty values and valid empty lists without a reaction', async () => {
    await reportOn([]);
    const {decisions, ...rest} = Object.fromEntries(recorded.outputs);
    const empty = {rule: '', entity: '', blueprint: '', property: '', from: '', to: '', severity: ''};
    expect(rest).toEqual({
      outcome: 'nothing',
      reactions: '[]',
      remediations: '[]',
      'remediations-by-job': '{}',
      ...empty,
    });
    expect(readFileSync(decisions ?? '', 'utf8')).toBe('');
  });

  test('contain hostile text unchanged', async () => {
    await reportOn([aChange({entity: HOSTILE, from: {a: HOSTILE}, to: null})]);
    expect(output('entity')).toBe(HOSTILE);
    expect(output('from')).toBe(JSON.stringify({a: HOSTILE}));
    expect(output('to')).toBe('');
  });

  test('stay below the limit of GitHub, and a warning counts the omitted items', async () => {
    const changes = Array.from({length: 600}, (_, i) => aChange({id: `r_${i}`, from: 'x'.repeat(20_000)}));
    await reportOn(changes, {
      outcome: {detail: 'y'.repeat(300)},
      rules: ['notify: true'],
    });
    const characters = [...recorded.outputs.values()].reduce((sum, value) => sum + value.length, 0);
    expect(characters * 2).toBeLessThan(1024 * 1024);
    const {length} = JSON.parse(output('reactions') ?? '') as unknown[];
    expect(length).toBeGreaterThan(300);
    expect(recorded.warnings.map(({message}) => message)).toEqual([
      `The output \`reactions\` contains the first ${length} of 600 items. The decision record contains all of them.`,
    ]);
    expect(records()).toHaveLength(600);
  });
});

describe('the outcome', () => {
  test.each<{of: string; is: string; changes?: Change[]; given?: Given}>([
    {of: 'a reaction', is: 'reacted'},
    {of: 'a reaction that failed', is: 'failed', given: {outcome: {status: 'failed'}}},
    {
      of: 'a failure beside a success',
      is: 'failed',
      given: {outcome: {status: 'failed'}, rules: ['notify: true, remediate: {job: a}']},
    },
    {of: 'a dry run', is: 'dry-run', given: {outcome: {status: 'planned'}}},
    {of: 'a skipped reaction', is: 'nothing', given: {outcome: {status: 'skipped'}}},
    {of: 'no match', is: 'nothing', changes: [aChange({blueprint: 'other'})]},
    {of: 'no change', is: 'nothing', changes: []},
    {of: 'only duplicates', is: 'duplicate', changes: [], given: {duplicates: 2}},
    {of: 'a duplicate beside a reaction', is: 'reacted', given: {duplicates: 2}},
  ])('of $of is "$is"', async ({is, changes = [aChange()], given}) => {
    await reportOn(changes, given);
    expect(output('outcome')).toBe(is);
    expect(recorded.failures.length).toBe(is === 'failed' ? 1 : 0);
    expect(recorded.summary).toContain(`Port Reactor: ${is}`);
  });
});

describe('the decision record', () => {
  test('has every change and every rule, also for changes without a reaction', async () => {
    await reportOn([aChange(), aChange({blueprint: 'other'})], {
      rules: ['notify: true', 'blueprint: database, notify: true'],
    });
    const [first, second] = records().map(line => DecisionRecord.parse(JSON.parse(line)));
    expect(first?.rules.map(({matched}) => matched)).toEqual([true, false]);
    expect(second?.rules.map(({matched}) => matched)).toEqual([false, false]);
  });

  test('of a second step of the job does not replace the first', async () => {
    await reportOn([aChange()]);
    const first = output('decisions') ?? '';
    await reportOn([]);
    expect(output('decisions')).not.toBe(first);
    expect(first).toMatch(/decisions\.jsonl$/);
    expect(readFileSync(first, 'utf8')).not.toBe('');
  });
});

describe('annotations', () => {
  test('list failed reactions, at most ten including the failure of the step', async () => {
    const changes = Array.from({length: 30}, (_, i) => aChange({entity: `e${i}`}));
    await reportOn(changes, {outcome: {status: 'failed', detail: 'Slack\nanswered ##[error]500'}});
    expect(recorded.errors).toHaveLength(9);
    expect(recorded.errors[0]).toEqual({
      title: 'Port Reactor: notification failed',
      message: 'e0: rule-1: notification failed: Slack answered ##\u200b[error]500',
    });
    expect(recorded.failures).toEqual(['30 reactions failed. See the job summary for details.']);
  });

  test('list undecided rules after failed reactions', async () => {
    const truncated = ['before.properties.*', 'after.properties.*'];
    const changes = Array.from({length: 5}, (_, i) => aChange({entity: `e${i}`, truncated}));
    const rules = ['notify: true', 'property: cpuUtil, above: 80, notify: true'];
    await reportOn(changes, {rules, outcome: {status: 'failed', detail: 'Slack answered 500'}});
    expect(recorded.errors.map(({title}) => title)).toEqual([
      ...Array(5).fill('Port Reactor: notification failed'),
      ...Array(4).fill('Port Reactor: not decided'),
    ]);
    expect(recorded.errors.at(-1)?.message).toMatch(
      /^rule-2, e3: could not be decided: cpuUtil is not known: it was removed/,
    );
    expect(recorded.failures).toEqual(['5 reactions failed. See the job summary for details.']);
  });

  test('are empty if everything succeeded', async () => {
    await reportOn([aChange()], {remarks: ['Port was slow.']});
    expect([...recorded.errors, ...recorded.warnings, ...recorded.failures]).toEqual([]);
    expect(recorded.summary).toContain('Port was slow.');
  });
});

describe('a report that cannot be written', () => {
  test.each([
    ['setOutput', 'The outputs could not be written: Missing file at path: /runner/setOutput'],
    ['summary', 'The job summary could not be written: Missing file at path: /runner/summary'],
  ])('(%s) fails the step and does not hide other failures', async (broken, message) => {
    recorded = createRecordingCore({}, [broken]);
    await reportOn([aChange()], {outcome: {status: 'failed', detail: 'Slack answered 500'}});
    expect(recorded.errors.map(error => error.message)).toContain(message);
    expect(recorded.errors.at(-1)?.message).toBe(
      'notification-service-prod: rule-1: notification failed: Slack answered 500',
    );
    expect(recorded.failures).toEqual(['1 reaction failed. See the job summary for details.']);
  });

  test('(the decision record) fails a step whose reactions are done', async () => {
    writeFileSync(join(temp, 'port-reactor'), 'a file in place of the folder');
    await reportOn([aChange()]);
    expect(recorded.errors).toEqual([
      {title: 'Port Reactor', message: expect.stringMatching(/^The decision record could not be written: E/)},
    ]);
    expect(recorded.failures).toEqual(['All reactions succeeded, but some reports could not be written.']);
    expect(output('outcome')).toBe('reacted');
    expect(recorded.summary).toContain('Port Reactor: reacted');
  });
});

test('no summary is written if the runner has no summary file', async () => {
  run = readRun({RUNNER_TEMP: temp});
  await reportOn([aChange()]);
  expect(recorded.summary).toBe('');
  expect(recorded.failures).toEqual([]);
});
