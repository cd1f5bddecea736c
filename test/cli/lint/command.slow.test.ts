import {chmodSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, describe, expect, test} from '@jest/globals';
import {runLint} from '../../../src/cli/lint/command.ts';
import {UsageError} from '../../../src/cli/shared/usage.ts';
import {aCliWorld, type TestWorld, type WorldOptions} from '../../helpers/processes/cli-world.ts';
import {startPortServer} from '../../helpers/servers/port-server.ts';
import {BLUEPRINTS, CORRECT, RULES, TESTS, WORKFLOW} from '../../helpers/values/a-repository.ts';

const SCRIPT = '.github/remediations/scale-up.sh';

let world: TestWorld;
afterEach(() => world.remove());

function aWorld(files: Record<string, string> = {}, options: WorldOptions = {}): TestWorld {
  world = aCliWorld({...options, files: {...CORRECT, [SCRIPT]: '#!/bin/sh\n', ...files}});
  chmodSync(join(world.cwd, SCRIPT), 0o755);
  return world;
}

const misspelt = {[RULES]: (CORRECT[RULES] ?? '').replace('property: healthStatus', 'property: healthstatus')};
const options = {rules: RULES};

describe('lint', () => {
  test('reports the number of files, and that they have no mistakes', async () => {
    await runLint(options, aWorld());
    expect(world.output).toMatch(/^no mistakes in 3 files\n⚠ NOT CHECKED AGAINST PORT'S BLUEPRINTS: .*lint --fetch/);
    expect(world.exitCode).toBe(0);
  });

  test('prints the mistakes of all files in the format of compilers, and exits with 1', async () => {
    const files = {
      [RULES]: (CORRECT[RULES] ?? '').replace('severity: critical', 'severty: critical'),
      [TESTS]: (CORRECT[TESTS] ?? '').replace('expect: nothing', 'expects: nothing'),
      [WORKFLOW]: (CORRECT[WORKFLOW] ?? '').replace('  queue: max\n', ''),
    };
    await runLint({...options, blueprint: [BLUEPRINTS]}, aWorld(files));
    expect(world.output.split('\n')).toEqual([
      expect.stringMatching(/^\.github\/port-reactor\.yml:15:5: .*Did you mean "severity"\?$/),
      expect.stringMatching(/^\.github\/port-reactor\.test\.yml:11:5: .*Did you mean "expect"\?$/),
      expect.stringMatching(/^\.github\/workflows\/port-reactor\.yml:10:1: .*`queue: max`/),
      '3 mistakes in 4 files',
      'The rule tests were not compared with the rules, because the rules have mistakes.',
      '',
    ]);
    expect(world.exitCode).toBe(1);
  });

  test('reads the list of protected incidents', async () => {
    const list = '.github/port-reactor.protected.yml';
    await runLint(options, aWorld({[list]: 'version: 1\nprotected:\n  - { entity: orders-db, at: yesterday }\n'}));
    expect(world.output).toMatch(
      /^\.github\/port-reactor\.protected\.yml:3:\d+: .*must be a date and time with a time zone/,
    );
    expect(world.output).toContain('1 mistake in 4 files');
    expect(world.exitCode).toBe(1);
  });

  test('prints the same as JSON', async () => {
    await runLint({...options, blueprint: [BLUEPRINTS], json: true}, aWorld(misspelt));
    expect(JSON.parse(world.output)).toEqual({
      problems: [{file: RULES, line: 11, column: 15, message: expect.stringMatching(/Did you mean "healthStatus"\?$/)}],
      notes: [],
      files: [RULES, TESTS, WORKFLOW, BLUEPRINTS],
    });
    expect(world.exitCode).toBe(1);
  });

  test('reports what it did not check, and exits with 0', async () => {
    aWorld();
    rmSync(join(world.cwd, WORKFLOW));
    rmSync(join(world.cwd, TESTS));
    await runLint(options, world);
    expect(world.output.split('\n')).toEqual([
      'no mistakes in 1 file',
      expect.stringMatching(/^No workflow in \.github\/workflows uses the action: /),
      expect.stringMatching(/^No rule tests: /),
      expect.stringMatching(/^⚠ NOT CHECKED AGAINST PORT'S BLUEPRINTS: /),
      '',
    ]);
    expect(world.exitCode).toBe(0);
    const shown = world.output;
    await runLint({...options, json: true}, world);
    const {notes, problems} = JSON.parse(world.output.slice(shown.length));
    expect([problems, notes]).toEqual([[], shown.split('\n').slice(1, -1)]);
  });

  test('does not report missing blueprints if the given ones have mistakes', async () => {
    await runLint({...options, blueprint: [BLUEPRINTS]}, aWorld({[BLUEPRINTS]: 'nonsense'}));
    expect(world.output).toMatch(/\n1 mistake in 4 files\n$/);
    expect(world.exitCode).toBe(1);
  });

  test('checks the scripts', async () => {
    aWorld();
    chmodSync(join(world.cwd, SCRIPT), 0o644);
    await runLint(options, world);
    expect(world.output).toMatch(
      /^\.github\/port-reactor\.yml:18:12: .*is not executable. Run: chmod \+x \S+ && git add --chmod=\+x/,
    );
  });

  test('reads the event type from the variable of the relay', async () => {
    const files = {[WORKFLOW]: (CORRECT[WORKFLOW] ?? '').replace('port-catalog-change', 'port-staging')};
    await runLint(options, aWorld(files, {env: {REACTOR_EVENT_TYPE: 'port-staging'}}));
    expect(world.exitCode).toBe(0);
  });

  test('does not start without its files, and names them all', async () => {
    const started = runLint({rules: 'nowhere.yml', blueprint: ['no.json']}, aWorld());
    await expect(started).rejects.toThrow(UsageError);
    await expect(started).rejects.toThrow(/nowhere\.yml can't be read[\s\S]*no\.json can't be read/);
    expect(world.output).toBe('');
  });
});

describe('with the credentials of Port, lint', () => {
  test('compares with the current blueprints', async () => {
    const port = await startPortServer();
    try {
      for (const blueprint of JSON.parse(CORRECT[BLUEPRINTS] ?? ''))
        port.blueprints.set(blueprint.identifier, blueprint);
      await runLint(options, aWorld(misspelt, {env: credentialsOf(port.credentials)}));
    } finally {
      await port.close();
    }
    expect(world.output).toMatch(/:11:15: .*no property "healthstatus".*\n1 mistake in 3 files\n$/);
    expect(world.exitCode).toBe(1);
  });

  test('saves them with --fetch, and then uses them without credentials', async () => {
    const port = await startPortServer();
    try {
      for (const blueprint of JSON.parse(CORRECT[BLUEPRINTS] ?? '')) {
        port.blueprints.set(blueprint.identifier, {...blueprint, updatedAt: '2026-11-20T12:28:18Z', updatedBy: 'jane'});
      }
      await runLint({...options, fetch: true}, aWorld(misspelt, {env: credentialsOf(port.credentials)}));
    } finally {
      await port.close();
    }
    const saved = join(world.cwd, '.github/blueprints/deploymentConfig.json');
    expect(world.errorOutput).toBe(
      'Saved: .github/blueprints/deploymentConfig.json, .github/blueprints/database.json\n',
    );
    expect(readFileSync(saved, 'utf8')).not.toMatch(/updated/);
    const shown = world.output;
    await runLint(options, {...world, env: {}, write: world.write});
    expect(shown).toMatch(/:11:15: .*no property "healthstatus".*\n1 mistake in 3 files\n$/);
    expect(world.output.slice(shown.length)).toMatch(/:11:15: .*no property "healthstatus".*\n1 mistake in 5 files\n$/);
  });

  test('needs credentials for --fetch, and does not accept --blueprint with it', async () => {
    const started = runLint({...options, fetch: true, blueprint: [BLUEPRINTS]}, aWorld());
    await expect(started).rejects.toThrow(/--fetch and --blueprint: use one of them[\s\S]*PORT_CLIENT_ID is not set/);
  });

  test('names the missing ones, unless files are given', async () => {
    const env = {PORT_CLIENT_ID: 'i'};
    await expect(runLint(options, aWorld({}, {env}))).rejects.toThrow(/PORT_CLIENT_SECRET is not set/);
    world.remove();
    await runLint({...options, blueprint: [BLUEPRINTS]}, aWorld({}, {env}));
    expect(world.output).toBe('no mistakes in 4 files\n');
  });

  test('sends no request to Port if files are given', async () => {
    const env = credentialsOf({clientId: 'i', clientSecret: 's', apiUrl: 'http://127.0.0.1:9'});
    await runLint({...options, blueprint: [BLUEPRINTS]}, aWorld({}, {env}));
    expect(world.output).toBe('no mistakes in 4 files\n');
    expect(world.errorOutput).toBe('');
  });

  test('reports the other checks if Port cannot be reached, and exits with 1', async () => {
    const env = credentialsOf({clientId: 'i', clientSecret: 's', apiUrl: 'http://127.0.0.1:9'});
    await runLint(options, aWorld({}, {env}));
    expect(world.output).toBe('no mistakes in 3 files\n');
    expect(world.errorOutput).toMatch(/^The blueprints could not be read from Port: .*127\.0\.0\.1:9/);
    expect(world.exitCode).toBe(1);
  });
});

function credentialsOf({clientId, clientSecret, apiUrl}: {clientId: string; clientSecret: string; apiUrl: string}) {
  return {PORT_CLIENT_ID: clientId, PORT_CLIENT_SECRET: clientSecret, PORT_API_URL: apiUrl};
}
