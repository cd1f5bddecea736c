/** Commands find destinations as the action does, among the configured names. */
import {afterEach, describe, expect, test} from '@jest/globals';
import {runProgram} from '../../../../src/cli/program.ts';
import {aCliWorld, type TestWorld} from '../../../helpers/processes/cli-world.ts';
import {aChange} from '../../../helpers/values/a-change.ts';

const SECRET = '$'.concat('{{ secrets.X }}');
const RULES = `
version: 1
routes:
  - {slack: "{{ after.properties.ch }}", fallback: ops}
rules:
  - {name: changed, blueprint: deploymentConfig, property: healthStatus, notify: true}
`;
const WORKFLOW = `
on: push
jobs:
  react:
    steps:
      - uses: acme/port-reactor@v1
        with: {slack-webhooks: "payments=${SECRET}\\nops=${SECRET}"}
`;
const REPOSITORY = {'.github/port-reactor.yml': RULES, '.github/workflows/react.yml': WORKFLOW};
const ALONE = {'.github/port-reactor.yml': RULES};

const worlds: TestWorld[] = [];
afterEach(() => {
  for (const used of worlds.splice(0)) used.remove();
});

async function run(args: readonly string[], files: Readonly<Record<string, string>>, ch: unknown = '#Payments') {
  const changes = [aChange({properties: {ch}})];
  const world = aCliWorld({files, input: JSON.stringify({version: 1, title: '', partition: 0, changes})});
  worlds.push(world);
  await runProgram(args, world);
  return world;
}

const UNCHECKED_NAMES =
  'Destination names were not checked: no workflow in this repository defines them. To check them, add --destinations a,b.';

describe.each([
  ['explain', 'remarks'],
  ['preview', 'reasons'],
])('%s', (command, remarksIn) => {
  async function destinations(args: readonly string[], files: Readonly<Record<string, string>>, ch?: unknown) {
    const {output, errorOutput} = await run([command, '-', '--json', ...args], files, ch);
    if (errorOutput !== '') throw new Error(errorOutput);
    const report = JSON.parse(output);
    const messages = (report.messages ?? report.plans[0].messages) as {slack: string}[];
    return {to: messages.map(({slack}) => slack), remarks: report[remarksIn] as string[]};
  }

  test.each(['payments', '#Payments', ' PAYMENTS '])('finds %j among the destinations of the workflow', async ch => {
    await expect(destinations([], REPOSITORY, ch)).resolves.toEqual({to: ['payments'], remarks: []});
  });

  test.each(['search', '', null, 5])('uses the fallback if %j is not one of them', async ch => {
    await expect(destinations([], REPOSITORY, ch)).resolves.toEqual({to: ['ops'], remarks: []});
  });

  test('prefers the destinations of the option to those of the workflow', async () => {
    await expect(destinations(['--destinations', 'ops, search'], REPOSITORY)).resolves.toMatchObject({to: ['ops']});
    const found = await destinations(['--destinations', 'Search,ops'], ALONE, 'search');
    expect(found).toEqual({to: ['Search'], remarks: []});
  });

  test('accepts any name if no workflow lists them, with a remark', async () => {
    await expect(destinations([], ALONE)).resolves.toEqual({to: ['Payments'], remarks: [UNCHECKED_NAMES]});
  });

  test('has no remark if no expression was used', async () => {
    const plain = {'.github/port-reactor.yml': RULES.replace('"{{ after.properties.ch }}", fallback: ops', 'ops')};
    await expect(destinations([], plain)).resolves.toEqual({to: ['ops'], remarks: []});
  });

  test('refuses an invalid name', async () => {
    const {exitCode, errorOutput} = await run([command, '-', '--destinations', 'a,,#b'], ALONE);
    expect(exitCode).toBe(2);
    expect(errorOutput).toContain('"#b" is not the name of a destination');
    expect(errorOutput).toContain('"" is not the name of a destination');
  });
});

describe('test', () => {
  const CHANGE = '{blueprint: deploymentConfig, property: healthStatus, to: Degraded, properties: {ch: "#Search"}}';
  const tests = (slack: string, head = '') => ({
    '.github/port-reactor.test.yml': `version: 1\n${head}\ntests:\n  - {name: posted, change: ${CHANGE}, expect: {messages: [{slack: ${slack}}]}}\n`,
  });

  test('uses the destinations of the workflow', async () => {
    await expect(run(['test'], {...REPOSITORY, ...tests('ops')})).resolves.toMatchObject({exitCode: 0});
    await expect(run(['test'], {...REPOSITORY, ...tests('Search')})).resolves.toMatchObject({exitCode: 1});
  });

  test('prefers the destinations of the file', async () => {
    const {output, exitCode} = await run(['test'], {...REPOSITORY, ...tests('search', 'destinations: [search, x]')});
    expect({output, exitCode}).toEqual({output: '✔ posted\n\n1 passed in 0.00 s\n', exitCode: 0});
  });

  test('accepts any name if no workflow lists them, with a remark', async () => {
    const {output, exitCode} = await run(['test', '--json'], {...ALONE, ...tests('Search')});
    expect(exitCode).toBe(0);
    expect(JSON.parse(output).remarks).toEqual([
      'Destination names were not checked: no workflow in this repository defines them. To check them, add `destinations: [a, b]` at the top of the tests.',
    ]);
  });

  test('refuses an invalid name with its place', async () => {
    const {errorOutput, exitCode} = await run(['test'], {...ALONE, ...tests('x', 'destinations: ["#ops"]')});
    expect(exitCode).toBe(1);
    expect(errorOutput).toMatch(/port-reactor\.test\.yml:2:\d+.*"#ops" is not the name of a destination/s);
  });
});
