import {afterEach, describe, expect, test} from '@jest/globals';
import {runProgram} from '../../../src/cli/program.ts';
import {aCliWorld, type TestWorld} from '../../helpers/processes/cli-world.ts';

const RULES = `
version: 1
routes:
  - match: { severity: critical, environment: production }
    slack: on-call
    continue: true
  - match: { team: payments }
    slack: payments
  - slack: "{{ after.properties.channel }}"
    fallback: default
mute:
  - name: nights
    when: [{ days: mon-fri, from: 22:00, to: 06:00 }, { days: [sat, sun] }]
    zone: Europe/Berlin
    match: { severity: [info, warning] }
    reason: not on call
silences:
  - { match: { entity: orders-* }, until: 2026-12-05T20:00:00Z, owner: jane, reason: moves, remediate: mute }
  - { match: {}, until: 2025-12-05T20:00:00Z, owner: jane, reason: over }
rules:
  - { name: changed, blueprint: deployment, property: health, notify: true }
  - name: crashed
    blueprint: deployment
    property: health
    to: Crashed
    severity: critical
    notify: { escalate: [{ after: 30m, slack: boss }] }
  - { name: hot, blueprint: database, property: cpu, above: 80, severity: critical, notify: { slack: dba } }
  - { name: quiet, blueprint: database, property: disk, severity: critical, remediate: { job: clean } }
`;

let world: TestWorld;
afterEach(() => world.remove());

async function routes(...args: string[]): Promise<TestWorld> {
  world = aCliWorld({files: {'.github/port-reactor.yml': RULES}});
  await runProgram(['routes', ...args], world);
  return world;
}

async function json(...args: string[]) {
  return JSON.parse((await routes(...args, '--json')).output);
}

describe('the routing tree', () => {
  test('has each route with the rules that can use it', async () => {
    expect(await json()).toMatchObject({
      routes: [
        {
          route: 'routes[0]',
          asks: 'severity: critical, environment: production',
          slack: ['on-call'],
          continue: true,
          rules: ['crashed'],
        },
        {route: 'routes[1]', asks: 'team: payments', slack: ['payments'], rules: ['changed', 'crashed']},
        {
          route: 'routes[2]',
          asks: '',
          slack: ['{{ after.properties.channel }}'],
          fallback: 'default',
          rules: ['changed', 'crashed'],
        },
      ],
      own: [{rule: 'hot', slack: ['dba']}],
      silent: ['quiet'],
      mutes: [
        {
          by: 'nights',
          when: 'Mon 22:00–Tue 06:00, Tue 22:00–Wed 06:00, Wed 22:00–Thu 06:00, Thu 22:00–Fri 06:00, Fri 22:00–Sun 24:00 (Europe/Berlin)',
        },
        {by: 'silences[0] of jane', until: '2026-12-05T20:00:00Z'},
      ],
    });
  });

  test('is printed as text', async () => {
    const {output, exitCode} = await routes();
    expect(exitCode).toBe(0);
    expect(output).toContain('├─ routes[1] (team: payments) → payments\n│    changed, crashed\n');
    expect(output).toContain('Rules with their own destinations\n  hot → dba\n');
  });
});

describe('the answer', () => {
  test('is certain with all facts', async () => {
    const options = [
      '--severity',
      'critical',
      '--team',
      'payments',
      '--environment',
      'production',
      '--blueprint',
      'deployment',
    ];
    expect(await json(...options)).toMatchObject({
      destinations: ['on-call', 'payments'],
      perhaps: [],
      isHeard: true,
      isMuted: false,
      groups: [{rules: ['crashed'], escalations: [{afterMs: 1_800_000, slack: ['boss']}]}],
    });
  });

  test('shows what it depends on with some facts', async () => {
    const {output} = await routes('--severity', 'critical', '--team', 'payments');
    expect(output).toContain('if environment: production: routes[0]');
    expect(output).toContain('No message: no `notify`');
    expect(output).toContain('Notified: payments, dba, possibly on-call. No message from quiet');
  });

  test('has the current mute', async () => {
    expect(await json('--rule', 'changed', '--at', '2026-11-21T03:00:00Z')).toMatchObject({isMuted: true});
    expect(await json('--rule', 'changed', '--at', '2026-11-20T12:00:00Z')).toMatchObject({isMuted: false});
    const {output} = await routes('--severity', 'info', '--at', '2026-11-21T03:00:00Z');
    expect(output).toContain('Mute nights (severity: info or warning): not on call, active until Mon 00:00');
    expect(output).toContain('✘ Muted now. Otherwise: ');
  });

  test('reports that no rule has the severity', async () => {
    const {output} = await routes('--severity', 'warning');
    expect(output).toContain('No rule has these facts. The routes would select:');
    expect(output).toContain('✘ No destination is notified, because no rule has these facts.');
  });

  test('marks a destination that the workflow does not configure', async () => {
    const {output} = await routes('--rule', 'hot', '--destinations', 'default,payments');
    expect(output).toContain('notify.slack → dba (not configured)');
    expect(output).toContain('✘ No destination is notified: the workflow does not configure dba.');
  });
});

test.each([
  [['--severity', 'critcal'], 'Did you mean "critical"'],
  [['--rule', 'crashd'], 'there is no rule "crashd". Did you mean "crashed"?'],
  [['--rule', 'other'], 'there is no rule "other". Use one of '],
  [['--team', ''], '--team is empty'],
  [['--at', 'yesterday'], 'is not a date and time'],
])('%j is invalid usage', async (args, says) => {
  const {errorOutput, exitCode} = await routes(...args);
  expect(errorOutput).toContain(says);
  expect(exitCode).toBe(2);
});
