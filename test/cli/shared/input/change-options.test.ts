/** Each command reads a change in options as the same event. */
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {runProgram} from '../../../../src/cli/program.ts';
import {aCliWorld, type TestWorld} from '../../../helpers/processes/cli-world.ts';

const RULES = `version: 1
rules:
  - {name: cpu-high, blueprint: database, property: cpuUtil, above: 80, notify: true, remediate: {job: clean}}
`;
const CHANGE = ['--blueprint', 'database', '--property', 'cpuUtil', '--from', '62', '--to', '91'];

let world: TestWorld;
let codes: number[];

beforeEach(() => {
  codes = [];
  world = aCliWorld({files: {'.github/port-reactor.yml': RULES, 'event.json': '{}'}});
});
afterEach(() => world.remove());

const run = (...args: string[]) => runProgram(args, {...world, exitWith: code => codes.push(code)});

describe('options instead of an event', () => {
  test('are decided by explain', async () => {
    await run('explain', ...CHANGE, '--entity', 'orders-db', '--title', 'Orders', '--json');
    const {changes} = JSON.parse(world.output);
    expect(changes[0].change).toMatchObject({blueprint: 'database', entity: 'orders-db', title: 'Orders'});
    expect(changes[0].rules).toMatchObject([{rule: 'cpu-high', matched: true}]);
  });

  test('are shown by preview, with a command that explains them', async () => {
    await run('preview', '--property', 'cpuUtil', '--to', '12');
    expect(world.output).toMatch(/explain --property cpuUtil --to 12/);
  });

  test('mean null if --from is missing', async () => {
    await run('explain', '--blueprint', 'database', '--property', 'cpuUtil', '--to', '91', '--json');
    expect(JSON.parse(world.output).changes[0].change.before.properties).toEqual({cpuUtil: null});
  });

  test.each([
    [['explain'], 'the event is missing: pass a file, or describe the change with --property and --to (null: not set)'],
    [['explain', '--property', 'p'], '--to is missing: the value after the change, or null if it is not set'],
    [
      ['preview', 'event.json', '--to', 'x'],
      '--to: the event file already contains this. Omit the file or the options',
    ],
    [['test', '--one'], 'the event is missing'],
    [['test', '--to', 'x'], '--to requires --one'],
  ])('%j is invalid usage', async (args, message) => {
    await run(...args);
    expect(codes).toEqual([2]);
    expect(world.errorOutput).toContain(message);
  });
});

describe('test --one', () => {
  test('prints a test that passes unchanged', async () => {
    await run('test', '--one', ...CHANGE, '--entity', 'orders-db');
    const [test] = parse(world.output);
    expect(test).toEqual({
      name: 'cpuUtil changes from 62 to 91',
      change: {blueprint: 'database', entity: 'orders-db', property: 'cpuUtil', from: 62, to: 91},
      expect: {rules: ['cpu-high'], messages: [{slack: 'default'}], remediations: [{job: 'clean', rule: 'cpu-high'}]},
    });
    const file = `version: 1\ntests:\n${world.output}`;
    const other = aCliWorld({files: {'.github/port-reactor.yml': RULES, '.github/port-reactor.test.yml': file}});
    try {
      await runProgram(['test'], {...other, exitWith: code => codes.push(code)});
      expect([other.errorOutput, codes]).toEqual(['', []]);
      expect(other.output).toContain('✔ cpuUtil changes from 62 to 91');
    } finally {
      other.remove();
    }
  });

  test('expects nothing if no rule matches', async () => {
    await run('test', '--one', '--property', 'cpuUtil', '--to', '12', '--json');
    expect(JSON.parse(world.output).test.expect).toBe('nothing');
  });
});
