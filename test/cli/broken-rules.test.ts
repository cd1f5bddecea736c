/** Every command reports mistakes in rules and rule tests, as JSON on request, and continues with the valid rest. */
import {afterEach, describe, expect, test} from '@jest/globals';
import {runProgram} from '../../src/cli/program.ts';
import {aCliWorld, type TestWorld} from '../helpers/processes/cli-world.ts';
import {portBody} from '../helpers/values/fixtures.ts';

const RULE = '{name: works, blueprint: deploymentConfig, property: healthStatus, notify: true}';
const HALF = `version: 1\nrules:\n  - ${RULE}\n  - {name: broken, blueprint: deploymentConfig, propety: a, notify: true}\n`;
const NONE = 'version: 1\nrules: [\n';
const CHANGE = '{blueprint: deploymentConfig, property: healthStatus, from: Healthy, to: Degraded}';
const TESTS = `version: 1\ntests:\n  - {name: t, change: ${CHANGE}, expect: {rules: [works]}}\n`;
const EVENT = JSON.stringify(portBody('automation-update'));

const worlds: TestWorld[] = [];
afterEach(() => {
  for (const world of worlds.splice(0)) world.remove();
});

async function run(args: readonly string[], rules: string, tests = TESTS): Promise<TestWorld> {
  const files = {'.github/port-reactor.yml': rules, '.github/port-reactor.test.yml': tests, 'event.json': EVENT};
  const env = {PORT_CLIENT_ID: 'id', PORT_CLIENT_SECRET: 'secret', PORT_API_URL: 'http://127.0.0.1:1'};
  const world = aCliWorld({files, env: args[0] === 'lint' ? {} : env});
  worlds.push(world);
  await runProgram(args, world);
  return world;
}

const COMMANDS = [
  ['explain', 'event.json'],
  ['preview', 'event.json'],
  ['test'],
  ['lint'],
  ['init', '--relay', 'https://relay.example.com', '--dry-run'],
];

describe.each(COMMANDS)('%s %s %s', (...command) => {
  test.each([
    ['some rules have mistakes', HALF, '"propety" is not a key here. Did you mean "property"?', 4],
    ['the file is unreadable', NONE, 'Flow sequence', undefined],
  ])('prints JSON on request, even if %s', async (_, rules, message, line) => {
    const world = await run([...command, '--json'], rules);
    expect(world.exitCode).toBe(1);
    const {problems} = JSON.parse(world.output);
    const named = {file: '.github/port-reactor.yml', message: expect.stringContaining(message)};
    expect(problems).toContainEqual(expect.objectContaining(line === undefined ? named : {...named, line}));
  });
});

test.each(COMMANDS.slice(0, 2))('%s continues with the valid rules', async (...command) => {
  const json = await run([...command, '--json'], HALF);
  expect(json.output).toContain('"works"');
  const text = await run(command, HALF);
  expect(text.output).toContain('works');
  expect(text.errorOutput).toContain('.github/port-reactor.yml:4:49: rules[1]: "propety" is not a key here');
  expect(text.exitCode).toBe(1);
});

test('reports invalid usage as JSON on request', async () => {
  const world = await run(['explain', 'event.json', '--at', 'noon', '--json'], HALF);
  expect(JSON.parse(world.output)).toMatchObject({problems: [{message: expect.stringMatching(/^--at noon is not/)}]});
  expect((await run(['explain', '--json'], HALF)).output).toContain('"error": ');
});

describe('the command test', () => {
  const MISTAKES = `version: 1
tests:
  - {name: sound, change: ${CHANGE}, expect: {rules: [works]}}
  - {name: sound, change: ${CHANGE}, expect: nothing}
  - {name: a, change: {blueprint: deploymentConfg}, expect: nothing}
  - {name: b, change: {blueprint: deploymentConfig, property: helthStatus}, expect: nothing}
  - {name: c, change: ${CHANGE}, expect: {rules: [wroks]}}
  - {name: d, change: ${CHANGE}}
`;

  test('reports the same mistakes as lint, and runs the valid tests', async () => {
    const rules = `version: 1\nrules: [${RULE}]\n`;
    const ofLint = JSON.parse((await run(['lint', '--json'], rules, MISTAKES)).output).problems;
    const {problems, passed, failed} = JSON.parse((await run(['test', '--json'], rules, MISTAKES)).output);
    expect(problems.length).toBeGreaterThanOrEqual(5);
    expect(problems).toEqual(ofLint.filter(({file}: {file: string}) => file === '.github/port-reactor.test.yml'));
    expect(passed + failed).toBe(3);
  });

  test('fails for a mistyped name, even if each test passes', async () => {
    const tests = `version: 1\ntests: [{name: a, change: {blueprint: deploymentConfg}, expect: nothing}]\n`;
    const world = await run(['test'], `version: 1\nrules: [${RULE}]\n`, tests);
    expect(world.output).toContain('1 passed');
    expect(world.errorOutput).toContain(
      'no rule watches the blueprint "deploymentConfg". Did you mean "deploymentConfig"?',
    );
    expect(world.exitCode).toBe(1);
  });
});
