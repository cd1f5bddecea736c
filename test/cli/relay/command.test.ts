import {expect, test} from '@jest/globals';
import {RELAY_VARIABLES} from '../../../src/base/settings/relay-variables.ts';
import {runProgram} from '../../../src/cli/program.ts';
import {aCliWorld} from '../../helpers/processes/cli-world.ts';

test('reports the fix if the relay is not built', async () => {
  const world = aCliWorld();
  await runProgram(['relay'], world);
  expect(world.errorOutput).toBe('The relay is not built.\nRun: npm run build\n');
  expect(world.exitCode).toBe(1);
  world.remove();
});

test('lists every variable in its help, each on one line', async () => {
  const world = aCliWorld();
  await runProgram(['relay', '--help'], world);
  for (const {name} of RELAY_VARIABLES) expect(world.output).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));
  expect(Math.max(...world.output.split('\n').map(one => one.length))).toBeLessThanOrEqual(120);
  world.remove();
});

test('starts the relay that is built next to the command line', async () => {
  const world = aCliWorld({files: {'dist/relay/index.js': 'globalThis.startedRelay = import.meta.url;'}});
  await runProgram(['relay'], world);
  expect((globalThis as {startedRelay?: string}).startedRelay).toMatch(/dist\/relay\/index\.js$/);
  world.remove();
});
