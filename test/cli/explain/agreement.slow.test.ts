/** For any event, `explain` shows the verdicts that the action decides and records, in the same words. */
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {react} from '../../../src/action/react.ts';
import {runProgram} from '../../../src/cli/program.ts';
import {aCliWorld, NOW, type TestWorld} from '../../helpers/processes/cli-world.ts';
import {createRecordingCore} from '../../helpers/processes/recording-core.ts';
import {aChange, changes, jsonValues} from '../../helpers/values/changes.ts';
import {TRIES_ALL} from '../../helpers/values/runs.ts';

const RULES = `
version: 1
statuses: {healthStatus: [Healthy, Restarting, Degraded, Crashed]}
routes:
  - {match: {team: payments}, slack: payments}
rules:
  - {name: any, blueprint: deploymentConfig, on: [created, updated, deleted, timer-expired], notify: true}
  - {name: changed, blueprint: deploymentConfig, property: healthStatus, notify: true}
  - {name: degraded, blueprint: deploymentConfig, property: healthStatus, from: Healthy, to: [Degraded, Crashed], severity: critical, notify: true, remediate: {job: heal}}
  - {name: unlocked, blueprint: deploymentConfig, property: healthStatus, if: "after.properties.locked != true && change.entity != 'x'", notify: true}
  - {name: unset, blueprint: deploymentConfig, property: healthStatus, to: null, notify: true}
  - {name: busy, blueprint: database, property: cpuUtil, above: 80, notify: {slack: databases}}
  - {name: idle, blueprint: database, property: cpuUtil, below: 10, notify: true}
  - {name: odd, blueprint: database, if: "contains(after.properties, 'a') || before.properties.cpuUtil > 3", notify: true}
  - {name: timer, blueprint: service, on: timer-expired, property: ttl, notify: true}
  - {name: gone, blueprint: service, on: deleted, notify: true}
`;

const statuses = fc.oneof(fc.constantFrom('Healthy', 'healthy ', 'Degraded', 'Crashed', null, undefined), jsonValues);
const numbers = fc.oneof(fc.integer({min: 0, max: 100}), fc.constantFrom(80, 10, '80', null, undefined));
/** Changes that the rules watch, mixed with any others. */
const relevantChanges = fc
  .record({
    blueprint: fc.constantFrom('deploymentConfig', 'database', 'service'),
    action: fc.constantFrom(
      'UPDATE' as const,
      'UPDATE' as const,
      'CREATE' as const,
      'DELETE' as const,
      'TIMER_EXPIRED' as const,
    ),
    entity: fc.string({minLength: 1, maxLength: 8}),
    property: fc.constantFrom('healthStatus', 'cpuUtil', 'ttl'),
    from: fc.oneof(statuses, numbers),
    to: fc.oneof(statuses, numbers),
    properties: fc.dictionary(fc.constantFrom('locked', 'a', '__proto__'), fc.oneof(fc.boolean(), jsonValues)),
    team: fc.subarray(['payments', 'platform']),
    truncated: fc.option(fc.constant(['before.properties.*', 'after.properties.*']), {nil: undefined, freq: 8}),
  })
  .map(({truncated, ...options}) => aChange({...options, ...(truncated === undefined ? {} : {truncated})}));
const events = fc.array(fc.oneof(relevantChanges, relevantChanges, changes), {minLength: 40, maxLength: 60});

let folder: string;
let world: TestWorld;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
});
afterAll(() => rmSync(folder, {recursive: true}));
afterEach(() => world.remove());

interface Recorded {
  readonly change: {readonly id: string};
  readonly rules: readonly {readonly rule: string; readonly matched: boolean; readonly reason: string}[];
  readonly reactions: readonly {readonly kind: string; readonly destination?: string; readonly job?: string}[];
}

/** The record and the job summary of the action for the event. */
async function record(event: string): Promise<{record: string; lines: Recorded[]; summary: string}> {
  const recorded = createRecordingCore({event, rules: '.github/port-reactor.yml', 'dry-run': 'true', memory: 'off'});
  await react({
    core: recorded.core,
    env: {GITHUB_WORKSPACE: world.cwd, RUNNER_TEMP: folder, GITHUB_STEP_SUMMARY: '/summary'},
    fetch,
    now: () => NOW,
    loadGitHub: () => Promise.reject(new Error('not needed')),
    cancelled: new AbortController().signal,
    loadCommand: () => Promise.reject(new Error('not needed')),
    loadLint: () => Promise.reject(new Error('not needed')),
    sleep: async () => {},
    sleepEvenIfCancelled: async () => {},
    loadMemory: () => Promise.reject(new Error('not needed')),
    loadReconcile: () => import('../../../src/reconcile/reconcile-mode.ts'),
    loadYaml: () => import('../../../src/rules/yaml/parse-yaml.ts'),
    write: () => {},
  });
  const text = readFileSync(recorded.outputs.get('decisions') ?? '', 'utf8');
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Recorded);
  return {record: text, lines, summary: recorded.summary};
}

async function explain(input: string) {
  const explaining = aCliWorld({input, files: {'.github/port-reactor.yml': RULES}});
  await runProgram(['explain', '-', '--json'], explaining);
  const {output, errorOutput} = explaining;
  explaining.remove();
  expect(errorOutput).toBe('');
  return JSON.parse(output);
}

const payloadOf = (list: readonly unknown[]) => JSON.stringify({version: 1, title: '', partition: 0, changes: list});

/** More than 1,000 changes if all cases are tried. */
const EVENTS = TRIES_ALL ? 27 : 6;

test('explain and the action agree on random changes', async () => {
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(events, async list => {
      world = aCliWorld({files: {'.github/port-reactor.yml': RULES}});
      const {lines, record: text} = await record(payloadOf(list));
      const explained = await explain(payloadOf(list));
      const verdicts = (one: {change: unknown; rules: unknown}) => ({change: one.change, rules: one.rules});
      expect(explained.changes.map(verdicts)).toEqual(lines.map(verdicts));
      // The plan has the same notifications and hand-overs as the reactions.
      const reactions = lines.flatMap(line => line.reactions);
      const destinations = new Set(reactions.flatMap(({destination}) => destination ?? []));
      expect(new Set(explained.plans[0].messages.map(({slack}: {slack: string}) => slack))).toEqual(destinations);
      expect(explained.plans[0].handOvers).toHaveLength(reactions.filter(({job}) => job !== undefined).length);
      // The record has the same verdicts, in its order.
      const again = await explain(text);
      expect(again.changes.map(verdicts)).toEqual(lines.map(verdicts));
      expect(again.changes.flatMap(({differences}: {differences: unknown[]}) => differences)).toEqual([]);
      seen += lines.length;
      world.remove();
    }),
    {numRuns: EVENTS, endOnFailure: true},
  );
  expect(seen).toBeGreaterThanOrEqual(40 * EVENTS);
}, 120_000);

test('the reasons are those of the job summary', async () => {
  world = aCliWorld({files: {'.github/port-reactor.yml': RULES}});
  const list = [
    aChange(),
    aChange({to: 'Crashed ', team: ['payments']}),
    aChange({blueprint: 'database', property: 'cpuUtil', from: 3, to: 80}),
  ];
  const {summary} = await record(payloadOf(list));
  const shown = decode(summary);
  const explained = await explain(payloadOf(list));
  for (const {change, rules} of explained.changes) {
    for (const {reason, conditions} of rules) {
      if (conditions.length > 1) expect(shown).toContain(reason);
    }
    expect(shown).toContain(change.entity);
  }
});

function decode(markup: string): string {
  return markup.replace(/&#(\d+);/g, (_whole, code: string) => String.fromCharCode(Number(code)));
}
