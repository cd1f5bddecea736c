/** The heap of the built relay, compared with a plain process under the same load. */
import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, test} from '@jest/globals';

const ENTRY = process.env['RELAY_ENTRY'] ?? fileURLToPath(new URL('../../../dist/relay/index.js', import.meta.url));
const MEGABYTE = 1024 * 1024;

/** A load like a storm: retained objects are replaced continuously, and five times as much is garbage. Reports the largest sizes. */
const LOAD = `
  import {getHeapSpaceStatistics} from 'node:v8';
  const held = Array.from({length: 100_000});
  let [young, old, at] = [0, 0, 0];
  for (let round = 0; round < 300; round++) {
    for (let n = 0; n < 2_000; n++) {
      held[at++ % held.length] = {at, text: ['x' + n, at], more: {a: 1, b: [n]}};
      for (let k = 0; k < 5; k++) globalThis.garbage = {k, n, all: [k, n, k]};
    }
    await new Promise(resolve => setTimeout(resolve, 2)); // the relay checks its heap by time
    const size = name => getHeapSpaceStatistics().find(({space_name}) => space_name === name).space_size;
    young = Math.max(young, size('new_space'));
    old = Math.max(old, size('old_space'));
  }
  process.stdout.write(JSON.stringify({young, old}), () => process.exit());
`;

/** Sizes in megabytes. @param program runs in the same process */
async function sizesUnderLoad(program: string): Promise<{young: number; old: number}> {
  const env = {
    PATH: process.env['PATH'],
    PORT: '0',
    HOST: '127.0.0.1',
    PORT_CLIENT_SECRET: 'secret',
    GITHUB_REPOSITORY: 'acme/operations',
    GITHUB_TOKEN: 'token',
    GITHUB_API_URL: 'http://127.0.0.1:9',
    REACTOR_RULES: 'none',
    LOG_LEVEL: 'silent',
  };
  const args = ['--input-type=module', '--eval', `${program};${LOAD}`];
  const {stdout} = await promisify(execFile)(process.execPath, args, {env});
  const {young, old} = JSON.parse(stdout) as {young: number; old: number};
  return {young: young / MEGABYTE, old: old / MEGABYTE};
}

test('the relay keeps both heap spaces much smaller than the default of V8', async () => {
  const bare = await sizesUnderLoad('');
  const smallest = {young: Number.POSITIVE_INFINITY, old: Number.POSITIVE_INFINITY};
  const isSmall = () => smallest.young <= bare.young / 2 && smallest.old < bare.old * 0.7;
  // A process that gets no CPU time checks its heap late, so the smallest of three counts.
  for (let n = 0; n < 3 && !isSmall(); n++) {
    const {young, old} = await sizesUnderLoad(`await import(${JSON.stringify(ENTRY)})`);
    smallest.young = Math.min(smallest.young, young);
    smallest.old = Math.min(smallest.old, old);
  }
  expect({bare, smallest, isSmall: isSmall()}).toMatchObject({isSmall: true});
});
