import {gzipSync} from 'node:zlib';
import {afterEach, describe, expect, test} from '@jest/globals';
import {runProgram} from '../../../src/cli/program.ts';
import {aCliWorld, type TestWorld, type WorldOptions} from '../../helpers/processes/cli-world.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {portBody} from '../../helpers/values/fixtures.ts';

const RULES = `
version: 1
mute:
  - {name: freeze, match: {team: frozen}, when: {days: [fri]}, zone: UTC, reason: no deployments}
routes:
  - {match: {team: payments}, slack: payments}
rules:
  - {name: health-changed, blueprint: deploymentConfig, property: healthStatus, notify: true}
  - name: degraded
    blueprint: deploymentConfig
    property: healthStatus
    from: Healthy
    to: [Degraded, Crashed]
    if: after.properties.locked != true
    remediate: {job: heal}
  - {name: cpu, blueprint: database, property: cpuUtil, above: 80, notify: true}
`;

const worlds: TestWorld[] = [];
afterEach(() => {
  for (const used of worlds.splice(0)) used.remove();
});

async function run(args: readonly string[], options: WorldOptions = {}): Promise<TestWorld> {
  const files = {'.github/port-reactor.yml': RULES, ...options.files};
  const world = aCliWorld({...options, files});
  worlds.push(world);
  await runProgram(['explain', ...args], world);
  return world;
}

/** Explains an event on standard input. */
const explain = (event: unknown, ...args: string[]) =>
  run(['-', ...args], {input: typeof event === 'string' ? event : JSON.stringify(event)});
const payload = (...changes: unknown[]) => ({version: 1, title: '', partition: 0, changes});
const packedPayload = (...changes: unknown[]) => {
  const packed = gzipSync(JSON.stringify(changes)).toString('base64');
  return {version: 1, title: '', partition: 0, partitions: 4, packed, count: changes.length};
};

describe('an event', () => {
  test('is shown with its change, every condition, and the plan', async () => {
    const event = aChange({team: ['payments'], properties: {locked: true}});
    const {output, errorOutput, exitCode} = await explain(payload(event));
    expect({errorOutput, exitCode}).toEqual({errorOutput: '', exitCode: 0});
    const lines = output.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'notification-service-prod (deploymentConfig): healthStatus Healthy → Degraded',
        'UPDATE, reported by a Port automation · at 2026-11-20T12:28:18.477Z · by',
        '  ● health-changed matches: healthStatus went from Healthy to Degraded',
        '      ✔ on        expected created or updated, is updated',
        '      ✔ property  expected healthStatus changes, is Healthy → Degraded',
        '  ○ degraded does not match: after.properties.locked != true is false: after.properties.locked is',
        '      ✔ to        expected Degraded or Crashed, is Degraded',
        '    ▶ ✘ if        decided: expected after.properties.locked != true, is after.properties.locked:',
        '  ○ 1 rule for other blueprints: database',
        'What would happen',
        '  Slack: to payments  by health-changed',
        '  Route: routes[0] (team: payments) → payments',
        '  │ 🔵 INFO · Notification Service Production',
      ]),
    );
  });

  test('has a mark only at the first condition that does not hold', async () => {
    const {output} = await explain(payload(aChange({from: 'Crashed', to: 'Healthy', properties: {locked: true}})));
    expect(output).toContain('▶ ✘ from      decided: expected Healthy, is Crashed');
    expect(output).toContain('      ✘ to        expected Degraded or Crashed, is Healthy\n');
    expect(output.match(/▶/g)).toHaveLength(1);
  });

  test.each([
    ['a client payload', payload(aChange())],
    ['a packed client payload', packedPayload(aChange())],
    ["a dispatch's body", {event_type: 'x', client_payload: payload(aChange())}],
    ["a run's whole event", {action: 'x', client_payload: payload(aChange()), repository: {}}],
    ["a workflow_dispatch's event", {inputs: {event: JSON.stringify(payload(aChange()))}}],
    ['JSON in JSON', JSON.stringify(JSON.stringify(payload(aChange())))],
    ["Port's automation", portBody('automation-update')],
    ["Port's changelog", portBody('changelog-update')],
  ])('can be %s', async (_name, event) => {
    const {output, exitCode} = await explain(event);
    expect(exitCode).toBe(0);
    expect(output).toContain('● degraded matches: healthStatus went from Healthy to Degraded');
    expect(output).toContain('  Hands over to the job heal  by degraded, for notification-service-prod');
  });

  test('without a time has the current time, and the same id each time', async () => {
    const event = {
      action: 'UPDATE',
      context: {blueprintIdentifier: 'deploymentConfig', entityIdentifier: 'checkout-prod'},
      diff: {before: {properties: {healthStatus: 'Healthy'}}, after: {properties: {healthStatus: 'Degraded'}}},
    };
    const text = await explain(event, '--at', '2026-11-20T03:00:00Z');
    expect(text.output.replace(/\s+/g, ' ')).toContain(' · at the current time (the event has no time) · ');
    const [one, other] = await Promise.all(
      ['2026-11-20T03:00:00Z', '2026-11-21T03:00:00Z'].map(async at => {
        return JSON.parse((await explain(event, '--json', '--at', at)).output).changes[0];
      }),
    );
    expect(one).toMatchObject({isUndated: true, change: {at: '2026-11-20T03:00:00.000Z'}});
    expect(other.change.id).toBe(one.change.id);
    expect(one.change.id).toMatch(/^[0-9a-f]{32}$/);
    const dated = JSON.parse((await explain(payload(aChange()), '--json')).output).changes[0];
    expect(dated).not.toHaveProperty('isUndated');
  });

  test.each([
    [
      'Database',
      'database. The event has the blueprint\n    Database, but cpu has database: they differ only in letter case.',
    ],
    ['databse', '  ○ 3 rules for other blueprints: deploymentConfig, database. Did you mean database?'],
    ['service', '  ○ 3 rules for other blueprints: deploymentConfig, database\n'],
    ['database', '  ○ 2 rules for other blueprints: deploymentConfig\n'],
  ])('of blueprint %s names the blueprints with rules, and the nearest one', async (blueprint, expected) => {
    const {output} = await run(['-'], {
      input: JSON.stringify(payload(aChange({blueprint}))),
      terminal: {columns: 120},
    });
    expect(output).toContain(expected);
  });

  test('with many other blueprints names the nearest one', async () => {
    const names = ['a1', 'b2', 'kafkaTopic', 'd4'];
    const rules = `version: 1\nrules:\n${names.map(name => `  - {name: ${name}, blueprint: ${name}, notify: true}\n`).join('')}`;
    const {output} = await run(['-'], {
      input: JSON.stringify(payload(aChange({blueprint: 'kafkatopics'}))),
      files: {'.github/port-reactor.yml': rules},
    });
    expect(output).toContain('  ○ 4 rules for other blueprints. Did you mean kafkaTopic?\n');
  });

  test('that is not an entity change is named', async () => {
    const {output, exitCode} = await explain(portBody('run-event'));
    expect(output).toContain(
      'standard input: No decision is needed. The message is an event about a run, not an entity change',
    );
    expect(exitCode).toBe(0);
  });

  test('with a cut value exits with 1', async () => {
    const cut = {...aChange({from: undefined, to: undefined}), truncated: ['after.properties.*']};
    const {output, exitCode} = await explain(payload(cut));
    expect(output).toContain(
      '? health-changed could not be decided: healthStatus is not known: it was removed from the',
    );
    expect(output).toContain('▶ ? property  not decided: expected healthStatus changes, is not known');
    expect(exitCode).toBe(1);
  });

  test('shows what is muted, by whom and until when', async () => {
    const {output} = await explain(payload(aChange({team: ['frozen']})));
    expect(output).toMatch(/Not sent to default: muted by freeze: no deployments, until/);
  });

  test('cannot control the terminal', async () => {
    const {output} = await explain(payload(aChange({entity: 'a\u001b[31mb\u0007\u202ec', to: '\u001b]0;owned\u0007'})));
    expect(output).not.toMatch(/[\u001b\u0007\u202e]/);
  });
});

describe('a decision record', () => {
  const line = (over: object = {}) =>
    JSON.stringify({
      change: aChange(),
      rules: [
        {rule: 'health-changed', matched: true, reason: 'healthStatus went from Healthy to Degraded', conditions: []},
        {rule: 'degraded', matched: false, reason: 'locked then', conditions: []},
        {rule: 'old', matched: true, reason: 'it was there', conditions: []},
      ],
      reactions: [{change: 'x', rule: 'old', kind: 'notification', status: 'done', detail: 'posted to default'}],
      run: 'https://github.com/acme/ops/actions/runs/7',
      ...over,
    });

  test('is decided again, with the differences', async () => {
    const {output, exitCode} = await explain(`${line()}\n`);
    expect(exitCode).toBe(0);
    expect(output).toContain('In the record of https://github.com/acme/ops/actions/runs/7');
    expect(output).toContain('○ degraded did not match: locked then');
    expect(output).toContain('✔ notification done: posted to default  old');
    expect(output).toContain('≠ degraded: did not match, matches now: healthStatus went from Healthy to Degraded');
    expect(output).toContain('≠ old: matched, is not in the file now');
    expect(output).toContain('✘ The current rules make a different decision for 1 of 1 change.');
  });

  test('shows every change in its order, with a plan for each run', async () => {
    const later = line({change: aChange({entity: 'b', at: '2026-11-20T12:30:00Z'}), run: 'https://x/2'});
    const {output} = await explain([later, line(), later].join('\n'), '--json');
    const {changes, plans, remarks} = JSON.parse(output);
    expect(changes.map(({change}: {change: {entity: string}}) => change.entity)).toEqual([
      'b',
      'notification-service-prod',
      'b',
    ]);
    expect(plans.map(({run}: {run: string}) => run)).toEqual([
      'https://x/2',
      'https://github.com/acme/ops/actions/runs/7',
    ]);
    expect(remarks).toEqual([
      'Some changes appear more than once, for example in the records of several runs. Each one is explained.',
    ]);
    expect(changes[1].differences).toEqual([
      {
        rule: 'degraded',
        recorded: {matched: false, reason: 'locked then'},
        now: {matched: true, reason: 'healthStatus went from Healthy to Degraded'},
      },
      {rule: 'old', recorded: {matched: true, reason: 'it was there'}, now: null},
    ]);
  });

  test.each([
    ['{"change": {}, "rules": []}', /^standard input: change\.id: must be a string/],
    [`${line()}\n{broken`, /^standard input:2 is not JSON: /],
    [`${line()}\n{"change": 1, "rules": 5}`, /^standard input:2: rules: is not valid in a decision record: /],
  ])('that is broken has an error with its place: %s', async (text, message) => {
    const {errorOutput, exitCode} = await explain(text);
    expect(errorOutput).toMatch(message);
    expect(exitCode).toBe(1);
  });
});

test.each<[readonly string[], WorldOptions, number, RegExp]>([
  [['nowhere.json'], {}, 1, /^The event in nowhere\.json can't be read: it does not exist\. .*explain --help/],
  [['nowhere.json'], {}, 1, /\. port-reactor explain --help shows an example\.\n$/],
  [
    ['-'],
    {input: ''},
    1,
    /^standard input is empty\.\nFor an example of an event, run: port-reactor explain --help\n$/,
  ],
  [['e.json'], {files: {'e.json': '\ufeff \n'}}, 1, /^e\.json is empty\.\nFor an example of an event, run: /],
  [
    ['-'],
    {input: '"x"'},
    1,
    /^standard input: The text in the event is not JSON: .*\nFor an example of an event, run: /,
  ],
  [['-'], {input: '{broken'}, 1, /^standard input is not JSON: .*\nFor an example of an event, run: /],
  [['-'], {input: '{}'}, 1, /: context: must be an object, but is missing\nFor an example of an event, run: /],
  [
    ['-'],
    {input: JSON.stringify({action: 'UPDATE', context: {blueprint: 'a', entity: 'b'}, diff: {before: {}}})},
    1,
    /^standard input: diff\.after: must be the entity after the UPDATE, but is missing\nFor an example of an event, run: /,
  ],
  [['-'], {input: '{broken'}, 1, /^standard input is not JSON: /],
  [['-'], {input: '[]'}, 1, /^standard input: The body must be a JSON object from Port/],
  [['-'], {input: Buffer.from([0xff, 0xfe])}, 1, /^The event in standard input can't be read: /],
  [
    ['-'],
    {input: '{}', files: {'.github/port-reactor.yml': 'version: 2'}},
    1,
    /port-reactor\.yml:1:10: version: must be 1/,
  ],
  [[], {}, 2, /the event is missing: pass a file/],
  [['-', '--at', 'noon'], {}, 2, /--at noon is not a date and time with a time zone/],
  [['-', '--rules', 'nowhere.yml'], {}, 2, /rules file nowhere\.yml can't be read/],
])('%j %j exits with %d', async (args, options, exitCode, message) => {
  const world = await run(args, options);
  expect(world.errorOutput).toMatch(message);
  expect(world).toMatchObject({output: '', exitCode});
});

test('uses colors only on a terminal, and never exceeds its width', async () => {
  const input = JSON.stringify(payload(aChange()));
  const plain = await run(['-'], {input});
  const painted = await run(['-'], {input, terminal: {isTTY: true, columns: 70}});
  expect(plain.output).not.toContain('\u001b');
  expect(painted.output).toContain('\u001b[32m● ');
  const widths = painted.output
    .replace(/\u001b(\[[\d;]*m|\]8;;.*?\u001b\\)/g, '')
    .split('\n')
    .map(one => one.length);
  expect(Math.max(...widths)).toBeLessThanOrEqual(70);
});
