import {afterEach, expect, test} from '@jest/globals';
import {runProgram} from '../../../src/cli/program.ts';
import {aCliWorld, type TestWorld, type WorldOptions} from '../../helpers/processes/cli-world.ts';

const RULES = `
version: 1
rules:
  - {name: health-changed, blueprint: deploymentConfig, property: healthStatus, notify: true}
  - {name: crashed, blueprint: deploymentConfig, property: healthStatus, to: Crashed, severity: critical, remediate: {job: heal}}
`;
const CHANGE = '{blueprint: deploymentConfig, property: healthStatus, from: Healthy, to: Degraded}';
const testsFile = (...tests: string[]) => `version: 1\ntests:\n${tests.map(one => `  - ${one}\n`).join('')}`;
const PASSING = `{name: it degrades, change: ${CHANGE}, expect: {rules: [health-changed]}}`;
const FAILING = `{name: it crashes, change: ${CHANGE}, expect: {rules: [crashed], messages: [{text: [Crashed, Healthy]}], remediations: [{job: heal}]}}`;

let world: TestWorld;
const worlds: TestWorld[] = [];
afterEach(() => {
  for (const used of worlds.splice(0)) used.remove();
});

async function run(tests: string, args: readonly string[] = [], options: WorldOptions = {}): Promise<void> {
  const files = {'.github/port-reactor.yml': RULES, '.github/port-reactor.test.yml': tests, ...options.files};
  world = aCliWorld({...options, files});
  worlds.push(world);
  await runProgram(['test', ...args], world);
}

test('lists passed tests and exits with 0', async () => {
  await run(testsFile(PASSING));
  expect(world).toMatchObject({output: '✔ it degrades\n\n1 passed in 0.00 s\n', errorOutput: '', exitCode: 0});
});

test('shows expected and actual results with the reasons', async () => {
  await run(testsFile(PASSING, FAILING));
  expect(world.exitCode).toBe(1);
  expect(world.output).toContain(`✔ it degrades
✘ it crashes  .github/port-reactor.test.yml:4
    rule crashed
      - expected: matches
      + actual:   does not match: healthStatus went to Degraded, not to Crashed
    rule health-changed
      - expected: does not match
      + actual:   matches: healthStatus went from Healthy to Degraded
    message
      - expected: contains "Crashed"
      + actual:   🔵 INFO · an-entity
                  healthStatus: Healthy → Degraded
`);
  expect(world.output).toContain(`
    remediation job heal
      - expected: is started
      + actual:   is not started: crashed: healthStatus went to Degraded, not to Crashed

1 passed, 1 failed in 0.00 s
`);
});

test('uses colors only on a terminal, and not if they are switched off', async () => {
  const isPainted = async (options: WorldOptions, ...args: string[]) => {
    await run(testsFile(FAILING), args, options);
    const {output} = world;
    return output.includes('\u001b[');
  };
  await expect(isPainted({terminal: {isTTY: true, columns: 80}})).resolves.toBe(true);
  await expect(isPainted({})).resolves.toBe(false);
  await expect(isPainted({terminal: {isTTY: true}}, '--no-color')).resolves.toBe(false);
  await expect(isPainted({terminal: {isTTY: true}, env: {NO_COLOR: '1'}})).resolves.toBe(false);
});

test('prints the same as JSON', async () => {
  await run(testsFile(PASSING, FAILING), ['--json']);
  const report = JSON.parse(world.output);
  expect(report).toMatchObject({
    file: '.github/port-reactor.test.yml',
    rules: '.github/port-reactor.yml',
    passed: 1,
    failed: 1,
    results: [
      {name: 'it degrades', line: 3, passed: true, runs: [{actual: {rules: ['health-changed']}, mismatches: []}]},
      {name: 'it crashes', line: 4, passed: false},
    ],
  });
  expect(world.exitCode).toBe(1);
});

test('runs only the tests of the filter', async () => {
  await run(testsFile(PASSING, FAILING), ['--filter', 'DEGRADES']);
  expect(world).toMatchObject({output: expect.stringContaining('1 passed in'), exitCode: 0});
  await run(testsFile(PASSING, FAILING), ['--filter', 'nothing like it']);
  expect(world).toMatchObject({output: '', exitCode: 2});
  expect(world.errorOutput).toContain('no test name contains "nothing like it". Tests: "it degrades", "it crashes"');
});

test('shows five of many names, and counts the others', async () => {
  const many = Array.from({length: 18}, (_, index) => PASSING.replace('it degrades', `test ${index + 1}`));
  await run(testsFile(...many), ['--filter', 'zzzz']);
  expect(world.errorOutput).toBe(
    'port-reactor test can\'t start:\n- no test name contains "zzzz". Tests: "test 1", "test 2", "test 3", "test 4", "test 5" and 13 more\n',
  );
  await run(testsFile(PASSING), ['--filter', 'zzzz']);
  expect(world.errorOutput).toContain('contains "zzzz". Tests: "it degrades"\n');
});

test('reports the mistakes of both files together', async () => {
  await run(testsFile('{name: a, change: {blueprint: x, propety: y}, expect: nothing}'), [], {
    files: {'.github/port-reactor.yml': 'version: 2\nrules: []'},
  });
  expect(world.exitCode).toBe(1);
  expect(world.errorOutput).toContain('.github/port-reactor.yml:1:10: version: must be 1');
  expect(world.errorOutput).toContain(
    '.github/port-reactor.test.yml:3:38: tests[0].change: "propety" is not a key here',
  );
});

test('reads the events of tests from files in the repository', async () => {
  const event = {
    action: 'UPDATE',
    context: {blueprintIdentifier: 'deploymentConfig', entityIdentifier: 'x'},
    diff: {before: {properties: {healthStatus: 'Healthy'}}, after: {properties: {healthStatus: 'Crashed'}}},
  };
  await run(testsFile('{name: a, event: events/crash.json, expect: {rules: [health-changed, crashed]}}'), [], {
    files: {'events/crash.json': JSON.stringify(event)},
  });
  expect(world).toMatchObject({errorOutput: '', exitCode: 0});
});

test.each([
  [['nowhere.yml'], /the rule tests nowhere\.yml can't be read: it does not exist\. .*--help shows an example/],
  [['--rules', 'nowhere.yml'], /the rules file nowhere\.yml can't be read/],
  [['--nonsense'], /unknown option '--nonsense'/],
])('%j is invalid usage', async (args, message) => {
  await run(testsFile(PASSING), args);
  expect(world.exitCode).toBe(2);
  expect(world.errorOutput).toMatch(message);
});

test('the example in the help is a valid file of tests', async () => {
  await run('', ['--help']);
  const [, example = ''] = /^( {2}version: 1\n[\s\S]*?expect: nothing\n)/m.exec(world.output) ?? [];
  const dedented = example.replace(/^ {2}/gm, '');
  const rules = `version: 1
statuses: {healthStatus: [Healthy, Degraded]}
rules:
  - {name: health-changed, blueprint: deploymentConfig, property: healthStatus, notify: true}
  - {name: deployment-degraded, blueprint: deploymentConfig, property: healthStatus, to: Degraded, remediate: {run: .github/remediations/scale-up.sh}}
`;
  await run(dedented, [], {files: {'.github/port-reactor.yml': rules, '.github/remediations/scale-up.sh': ''}});
  expect(world).toMatchObject({errorOutput: '', exitCode: 0, output: expect.stringContaining('2 passed')});
});
