import {readFileSync} from 'node:fs';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {createProgram, runProgram} from '../../src/cli/program.ts';
import {aCliWorld, type TestWorld} from '../helpers/processes/cli-world.ts';
import {startServer} from '../helpers/servers/http-server.ts';

let world: TestWorld;

beforeEach(() => {
  world = aCliWorld({env: {PORT_CLIENT_SECRET: 's'}});
});
afterEach(() => world.remove());

const CHANGE = ['--entity', 'e', '--property', 'p', '--from', '-5', '--to', '91'];

describe('port-reactor', () => {
  test('--help lists the commands and exits with 0', async () => {
    await runProgram(['--help'], world);
    expect(world.output).toMatch(/Usage: port-reactor/);
    const {commands} = await createProgram(world);
    expect(commands).toHaveLength(15);
    for (const command of commands) expect(world.output).toContain(`  ${command.name()} `);
    expect(world.exitCode).toBe(0);
  });

  test('--version prints the version of the package', async () => {
    await runProgram(['--version'], world);
    expect(world.output).toBe(`${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`);
    expect(world.exitCode).toBe(0);
  });

  test('loads only the command that runs', async () => {
    const names = async (called: string) => (await createProgram(world, called)).commands.map(one => one.name());
    const all = await names('');
    for (const name of all) expect(await names(name)).toEqual([name]);
    expect(await names('constructor')).toEqual(all);
  });

  test.each(['demo', 'explain', 'lint', 'preview', 'test'])('%s accepts --no-color', async name => {
    const {commands} = await createProgram(world, name);
    const command = commands.find(one => one.name() === name);
    expect(command?.options.map(({long}) => long)).toContain('--no-color');
  });

  test('has help with an example for every command', async () => {
    for (const command of (await createProgram(world)).commands) {
      world.clear();
      await runProgram([command.name(), '--help'], world);
      expect(world.output).toMatch(new RegExp(`Examples:\\n {2}\\$ port-reactor ${command.name()}`));
      expect(world.exitCode).toBe(0);
    }
  });

  test.each([
    ['no command', [], /Usage: port-reactor/],
    ['an unknown command', ['snd'], /unknown command 'snd'\n\(Did you mean send\?\)/],
    ['an unknown option', ['send', '--relais', 'x'], /unknown option '--relais'/],
    ['an option without its value', ['send', '--relay'], /argument missing/],
    ['too many arguments', ['init', 'x'], /too many arguments/],
    ['a missing required option', ['init'], /can't start:\n- --relay/],
  ])('exits with 2 for invalid usage: %s', async (_, args, expected) => {
    await runProgram(args, world);
    expect(world.errorOutput).toMatch(expected);
    expect(world.errorOutput).not.toMatch(/\n\s+at /);
    expect(world.exitCode).toBe(2);
  });

  test('passes options to the command, also negative numbers', async () => {
    const relay = await startServer(() => ({status: 202, body: {status: 'dispatched'}}));
    try {
      await runProgram(['send', '--relay', relay.url, ...CHANGE, '--run-id', 'r_1'], world);
      expect(relay.requests[0]?.json).toMatchObject({runId: 'r_1', diff: {before: {properties: {p: -5}}}});
    } finally {
      await relay.close();
    }
    expect(world.exitCode).toBe(0);
  });

  test('exits with 1 and a message without a stack trace if the command failed', async () => {
    await runProgram(['send', '--relay', 'http://127.0.0.1:9', ...CHANGE], world);
    expect(world.errorOutput).toMatch(/^POST http:\/\/127\.0\.0\.1:9\/webhooks\/port failed: .*\n$/);
    expect(world.exitCode).toBe(1);
  });

  test('advises on a failed connection', async () => {
    const port = {PORT_CLIENT_ID: 'id', PORT_CLIENT_SECRET: 's', PORT_API_URL: 'http://127.0.0.1:9'};
    const unreachable = aCliWorld({
      env: port,
      files: {
        '.github/port-reactor.yml': 'version: 1\nrules: [{name: a, blueprint: b, property: p, to: x, notify: true}]\n',
      },
    });
    await runProgram(['init', '--relay', 'https://relay.example.com'], unreachable);
    expect(unreachable.errorOutput).toMatch(
      /^POST http:\/\/127\.0\.0\.1:9\/v1\/auth\/access_token failed: .*\. Check the URL and the network\.\n$/,
    );
    expect(unreachable.exitCode).toBe(1);
    unreachable.remove();
  });

  test('shows the stack trace of an internal error', async () => {
    const broken = {
      ...world,
      now: () => {
        throw new TypeError('clock');
      },
    };
    await runProgram(['send', '--relay', 'http://127.0.0.1:9', ...CHANGE], broken);
    expect(world.errorOutput).toMatch(/Internal error\. Please report it: TypeError: clock\n\s+at /);
    expect(world.exitCode).toBe(1);
  });
});
