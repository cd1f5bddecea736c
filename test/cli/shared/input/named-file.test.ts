/** Every command reports an unreadable file in the same way. */
import {afterEach, describe, expect, test} from '@jest/globals';
import {runProgram} from '../../../../src/cli/program.ts';
import {aCliWorld, type TestWorld} from '../../../helpers/processes/cli-world.ts';

const RULES = `version: 1
rules: [{name: degraded, blueprint: deploymentConfig, property: healthStatus, to: Degraded, notify: true}]
`;

let world: TestWorld;
afterEach(() => world.remove());

async function messageOf(args: readonly string[]): Promise<string> {
  world = aCliWorld({
    files: {'.github/port-reactor.yml': RULES, 'folder/x': '', 'utf16.json': '\u0000a\u0000b', 'event.json': '{}'},
  });
  await runProgram(args, world);
  expect(world.exitCode).not.toBe(0);
  return world.errorOutput;
}

const COMMANDS: [string, (file: string) => string[], string][] = [
  ['explain', file => ['explain', file], 'explain --help'],
  ['explain --rules', file => ['explain', 'event.json', '--rules', file], '--rules'],
  ['explain --memory', file => ['explain', 'event.json', '--memory', file], 'git show'],
  ['preview', file => ['preview', file], 'preview --help'],
  ['replay', file => ['replay', file], 'replay --help'],
  ['backtest', file => ['backtest', file], 'one JSON document per line'],
  ['backtest --protected', file => ['backtest', 'event.json', '--protected', file], '--protected'],
  ['test', file => ['test', file], 'test --help'],
  ['send', file => ['send', '--relay', 'http://127.0.0.1:9', file], 'Pass a file with an event'],
  ['lint --rules', file => ['lint', '--rules', file], '--rules'],
  ['lint --blueprint', file => ['lint', '--blueprint', file], '--blueprint'],
  ['new', file => ['new', '--blueprint', file], '--blueprint'],
  ['routes', file => ['routes', '--rules', file], '--rules'],
];

describe.each(COMMANDS)('%s', (_name, argsOf, remedy) => {
  test.each([
    ['nowhere.json', "nowhere.json can't be read: it does not exist. "],
    ['event.json/x', "event.json/x can't be read: it does not exist: a part of its path is a file. "],
    ['folder', "folder can't be read: it is a folder. "],
  ])('%s', async (file, says) => {
    const message = await messageOf(argsOf(file));
    expect(message).toContain(says);
    expect(message).toContain(remedy);
    expect(message).not.toMatch(/E[A-Z]{4,}:|at .*\.ts:/);
  });
});

test('a file in UTF-16 exists, so the message does not advise another path', async () => {
  const message = await messageOf(['explain', 'event.json', '--rules', 'utf16.json']);
  expect(message).toMatch(/utf16\.json can't be read: it is UTF-16 BE text: save it as UTF-8\n$/);
});

test('report accepts folders', async () => {
  expect(await messageOf(['report', 'nowhere'])).toMatch(
    /the decision records in nowhere can't be read: it does not exist\. Pass a folder with records, or download them/,
  );
});

test.each([
  [['event.json', '--since', '1h'], "can't be combined with --since or --until"],
  [[], 'the changes are missing: pass a run, a file or -'],
  [['--until', '1h'], '--until requires --since'],
])('replay %j', async (args, says) => {
  expect(await messageOf(['replay', ...args])).toContain(says);
});
