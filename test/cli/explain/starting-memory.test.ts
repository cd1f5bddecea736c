import {afterEach, expect, test} from '@jest/globals';
import {runProgram} from '../../../src/cli/program.ts';
import type {Shards} from '../../../src/memory/format/format.ts';
import {shardOf} from '../../../src/memory/format/keys.ts';
import {serialize} from '../../../src/memory/format/serialize.ts';
import {aCliWorld, type TestWorld} from '../../helpers/processes/cli-world.ts';
import {minutes, Simulation} from '../../memory/a-simulation.ts';

const RULES =
  'version: 1\nrules:\n  - {name: r, blueprint: b, property: p, to: Bad, notify: true, remediate: {job: heal, cooldown: 15m}}\n';
const SHARD = shardOf({blueprint: 'b', entity: 'e'});

const worlds: TestWorld[] = [];
afterEach(() => {
  for (const used of worlds.splice(0)) used.remove();
});

/** The memory after an incident opened at minute 0. */
function fired(): Simulation {
  const simulation = new Simulation('to: Bad, remediate: {job: heal, cooldown: 15m}');
  simulation.change(0, {from: 'Good', to: 'Bad'});
  return simulation;
}

const textOf = (shards: Shards) => {
  const memory = shards.get(SHARD);
  return memory === undefined ? '' : serialize(memory);
};
const eventOf = (simulation: Simulation, minute: number, {from, to}: {from: string; to: string}) =>
  JSON.stringify({version: 1, title: '', partition: 0, changes: [simulation.aChange(minute, {from, to})]});
const at = (minute: number) => new Date(minutes(minute)).toISOString();

async function run(files: Record<string, string>, ...args: string[]): Promise<TestWorld> {
  const world = aCliWorld({files: {'.github/port-reactor.yml': RULES, ...files}});
  worlds.push(world);
  await runProgram(args, world);
  return world;
}

test('the end of an open incident is a recovery with its duration', async () => {
  const simulation = fired();
  const files = {'event.json': eventOf(simulation, 14, {from: 'Bad', to: 'Good'}), 'm.json': textOf(simulation.shards)};
  const {output, errorOutput} = await run(files, 'explain', 'event.json', '--memory', 'm.json', '--at', at(14));
  expect(errorOutput).toBe('');
  expect(output).toContain('Recovered after 14 min');
});

test('shows that an incident is already open or in its cooldown, also in the preview', async () => {
  const simulation = fired();
  simulation.change(2, {from: 'Bad', to: 'Good'});
  const files = {'event.json': eventOf(simulation, 3, {from: 'Good', to: 'Bad'}), 'm.json': textOf(simulation.shards)};
  const {output} = await run(files, 'explain', 'event.json', '--memory', 'm.json', '--at', at(3));
  expect(output.replace(/\s+/g, ' ')).toContain(
    `Not handed over to the job heal: the cooldown ends at ${at(15).replace('.000', '')}`,
  );
  expect(output).toContain('REOPENED');
  const open = {
    ...files,
    'm.json': textOf(fired().shards),
    'event.json': eventOf(simulation, 5, {from: 'Good', to: 'Bad'}),
  };
  const preview = await run(open, 'preview', 'event.json', '--memory', 'm.json', '--at', at(5));
  expect(preview.output).toMatch(/Not sent to default: the incident \w+ is open already/);
});

test('reports that the shard of the entity is missing', async () => {
  const simulation = fired();
  const other = (SHARD + 1) % 8;
  const empty = serialize({version: 1, shard: other, horizon: 0, incidents: [], unfinished: {}, done: {}});
  const files = {'event.json': eventOf(simulation, 14, {from: 'Bad', to: 'Good'}), 'm.json': empty};
  const {output} = await run(files, 'explain', 'event.json', '--memory', 'm.json');
  expect(output).toContain(`The memory of some entities is on port-reactor/memory-${SHARD}`);
});

test('decides a recorded run with the memory in its record', async () => {
  const simulation = fired();
  const [incident] = simulation.incidents;
  const change = simulation.aChange(14, {from: 'Bad', to: 'Good'});
  const memory = [{rule: 'r', key: '0123456789abcdef', shard: SHARD, what: 'recovered', before: incident, after: null}];
  const record = JSON.stringify({
    change,
    rules: [],
    reactions: [],
    memory,
    run: 'https://github.com/a/b/actions/runs/1',
  });
  const {output} = await run({'decisions.jsonl': record}, 'explain', 'decisions.jsonl');
  expect(output).toContain('Recovered after 14 min');
});

test.each([
  ['nowhere.json', /the memory nowhere\.json can't be read/],
  ['broken.json', /broken\.json:1: .*version/],
  ['newer.json', /newer\.json has version 2, which this release does not support. Update Port Reactor/],
])('a file that is not a memory is invalid usage: %s', async (file, message) => {
  const files = {'event.json': '{}', 'broken.json': '{"shard":1}', 'newer.json': '{"version":2}'};
  const world = await run(files, 'explain', 'event.json', '--memory', file);
  expect(world.exitCode).toBe(2);
  expect(world.errorOutput).toMatch(message);
});
