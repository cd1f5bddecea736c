// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions are not templates of JavaScript
/** The files that `new` writes pass `lint` and `test` for any catalog. `new` never overwrites a file. */
import {cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {runProgram} from '../../../src/cli/program.ts';
import type {CliWorld, ExitCode} from '../../../src/cli/shared/world.ts';
import {aCliWorld, type TestWorld, type WorldOptions} from '../../helpers/processes/cli-world.ts';
import {startPortServer} from '../../helpers/servers/port-server.ts';

const ROOT = join(import.meta.dirname, '../../..');
const ACTION = ['--action', 'acme/port-reactor@v1'];

let worlds: TestWorld[] = [];
afterEach(() => {
  for (const world of worlds) world.remove();
  worlds = [];
});

function aWorld(options: WorldOptions = {}): TestWorld {
  const world = aCliWorld(options);
  worlds.push(world);
  for (const folder of ['workflows', 'ISSUE_TEMPLATE']) {
    mkdirSync(join(world.dist, 'templates', folder), {recursive: true});
    for (const name of readdirSync(join(ROOT, '.github', folder)).filter(name => name.startsWith('port-reactor'))) {
      cpSync(join(ROOT, '.github', folder, name), join(world.dist, 'templates', folder, name));
    }
  }
  return world;
}

/** @returns the exit code */
async function run(world: CliWorld, ...args: string[]): Promise<ExitCode> {
  let code: ExitCode = 0;
  const exitWith = (one: ExitCode) => {
    code = one;
  };
  await runProgram(args, {...world, exitWith});
  return code;
}

async function expectValidFiles(world: TestWorld): Promise<void> {
  world.clear();
  const env = {};
  expect([await run({...world, env}, 'lint'), world.output]).toEqual([
    0,
    expect.stringMatching(/^no mistakes in \d+ files\n$/),
  ]);
  world.clear();
  expect([await run({...world, env}, 'test'), world.output]).toEqual([0, expect.not.stringContaining('✘')]);
}

const read = (world: TestWorld, path: string) => readFileSync(join(world.cwd, path), 'utf8');

describe('without a catalog', () => {
  test('reports that OWNER must be replaced if --action does not name the owner', async () => {
    const world = aWorld();
    await run(world, 'new', '--yes');
    expect(world.output).toContain('Replace OWNER in .github/workflows');
    const named = aWorld();
    await run(named, 'new', ...ACTION, '--yes');
    expect(named.output).not.toContain('OWNER');
  });

  test('writes a repository for the blueprint of the guide', async () => {
    const world = aWorld();
    expect(await run(world, 'new', ...ACTION, '--yes')).toBe(0);
    expect(world.output.split('\n').filter(line => line.startsWith('✔'))).toEqual([
      '✔ .github/port-reactor.yml',
      '✔ .github/port-reactor.test.yml',
      '✔ .github/workflows/port-reactor.yml',
      '✔ .github/workflows/port-reactor-lint.yml',
      '✔ .github/workflows/port-reactor-clock.yml',
      '✔ .github/workflows/port-reactor-reconcile.yml',
      '✔ .github/workflows/port-reactor-command.yml',
      '✔ .github/ISSUE_TEMPLATE/port-reactor.yml',
      '✔ .github/blueprints/deploymentConfig.json',
    ]);
    expect(world.output.match(/gh secret set \w+/g)).toEqual([
      'gh secret set SLACK_WEBHOOK_URL',
      'gh secret set PORT_CLIENT_ID',
      'gh secret set PORT_CLIENT_SECRET',
    ]);
    expect(read(world, '.github/port-reactor.yml')).toContain(
      'statuses: { healthStatus: [ Healthy, Degraded, Restarting, Crashed ] }\n',
    );
    await expectValidFiles(world);
  });

  test('writes workflows with the action, and without lines for scripts', async () => {
    const world = aWorld();
    await run(world, 'new', ...ACTION, '--on-call', 'on-call', '--yes');
    const text = read(world, '.github/workflows/port-reactor.yml');
    expect(text).toContain("uses: acme/port-reactor@v1 # or, safer, the release's full commit SHA\n");
    expect(text).toContain('slack-webhooks: |\n            on-call=${{ secrets.SLACK_WEBHOOK_ON_CALL }}\n');
    expect(text).not.toMatch(/uses: \.\/|KUBECONFIG: |DATABASE_URL: /);
    expect(world.output).toContain('gh secret set SLACK_WEBHOOK_ON_CALL');
    await expectValidFiles(world);
  });

  test('never overwrites', async () => {
    const world = aWorld({files: {'.github/workflows/port-reactor.yml': 'mine'}});
    expect(await run(world, 'new', ...ACTION, '--yes')).toBe(0);
    expect(read(world, '.github/workflows/port-reactor.yml')).toBe('mine');
    expect(world.output).toContain('○ .github/workflows/port-reactor.yml already exists');
  });
});

describe('with the catalog of Port', () => {
  test('asks three questions on a terminal, and watches the chosen properties', async () => {
    const port = await startPortServer();
    const requested: string[] = [];
    const world = aWorld();
    const answers = ['database', 'on-call', 'acme/port-reactor@v1'];
    const ask = async (question: string) => {
      requested.push(question);
      return answers[requested.length - 1] ?? '';
    };
    port.blueprints.set('database', aBlueprint('database', {cpuUtil: {type: 'number'}, name: {type: 'string'}}));
    port.blueprints.set('env', aBlueprint('env', {ttl: {type: 'string', format: 'timer'}}));
    port.blueprints.set('note', aBlueprint('note', {text: {type: 'string'}}));
    try {
      const {clientId: PORT_CLIENT_ID, clientSecret: PORT_CLIENT_SECRET, apiUrl: PORT_API_URL} = port.credentials;
      const env = {PORT_CLIENT_ID, PORT_CLIENT_SECRET, PORT_API_URL};
      expect(await run({...world, env, ask}, 'new')).toBe(0);
    } finally {
      await port.close();
    }
    expect(requested).toHaveLength(3);
    expect(requested[0]).toContain('[database, env]');
    expect(read(world, '.github/port-reactor.yml')).toContain('name: database-cpu-util-high');
    expect(read(world, '.github/port-reactor.yml')).not.toContain('ttl');
    await expectValidFiles(world);
  });
});

test.each<[string, string[], RegExp]>([
  [
    'a blueprint without proposals',
    ['--watch', 'nothing'],
    /there are no rules to propose for nothing\. Blueprints with proposals: deploymentConfig/,
  ],
  ['a wrong action', ['--action', 'port-reactor'], /--action must be owner\/name@version/],
  ['a name that is not a destination', ['--on-call', 'a b'], /--on-call: /],
  ['a file that is missing', ['--blueprint', 'no.json'], /no\.json can't be read/],
])('%s is invalid usage and writes nothing', async (_what, args, message) => {
  const world = aWorld();
  expect(await run(world, 'new', '--yes', ...args)).toBe(2);
  expect(world.errorOutput).toMatch(message);
  expect(statSync(join(world.cwd, '.github'), {throwIfNoEntry: false})).toBeUndefined();
});

test('a catalog without proposals exits with 1', async () => {
  const world = aWorld();
  writeFileSync(join(world.cwd, 'note.json'), JSON.stringify(aBlueprint('note', {text: {type: 'string'}})));
  expect(await run(world, 'new', '--yes', '--blueprint', 'note.json')).toBe(1);
  expect(world.errorOutput).toContain('No rules to propose');
});

test('the files pass lint and test for any blueprints', async () => {
  const name = fc.constantFrom(
    'status',
    'healthStatus',
    'cpu %',
    'cpuUtil',
    'ttl',
    'locked',
    'on',
    'a: b',
    '#x',
    'null',
    "it's",
    '1e3',
  );
  const schema = fc.constantFrom<object>(
    {type: 'string', enum: ['Running', 'Down']},
    {type: 'string', enum: ['yes', 'OK', 'Failed', 'failed', 'Slow', '{{ x }}', '${{ x }}', 'null', '']},
    {type: 'string', enum: ['Passed', 'Not passed']},
    {type: 'string', enum: ['a', 'b']},
    {type: 'number', title: 'Usage in %'},
    {type: 'string', format: 'timer'},
    {type: 'boolean'},
    {type: 'string'},
  );
  const blueprint = fc.tuple(
    fc.constantFrom('service', 'deploymentConfig', 'my_env', 'Über', '_rule_result', 'a/b', 'x'.repeat(99)),
    fc.dictionary(name, schema, {minKeys: 1, maxKeys: 4}),
  );
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(blueprint, {selector: ([id]) => id, minLength: 1, maxLength: 3}), async all => {
      const world = aWorld();
      writeFileSync(
        join(world.cwd, 'all.json'),
        JSON.stringify(all.map(([id, properties]) => aBlueprint(id, properties))),
      );
      const code = await run(world, 'new', ...ACTION, '--yes', '--blueprint', 'all.json');
      if (code === 0) await expectValidFiles(world);
      world.remove();
    }),
    {numRuns: 25},
  );
});

function aBlueprint(identifier: string, properties: object): Record<string, unknown> {
  return {identifier, title: identifier, schema: {properties, required: []}, relations: {}};
}
