/** Checks the rules, tests and outputs in docs/rule-tests.md and docs/command-line.md. */
import {readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import {runProgram} from '../../src/cli/program.ts';
import {parseRuleTests} from '../../src/rule-tests/parse-rule-tests.ts';
import {runRuleTests} from '../../src/rule-tests/run-rule-tests.ts';
import {CHANGE_KEYS, WrittenRuleTest} from '../../src/rule-tests/written-rule-tests.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aCliWorld} from '../helpers/processes/cli-world.ts';

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const TESTS = read('rule-tests.md');
const COMMANDS = read('command-line.md');

/** The code blocks of a language, without the indentation of the list around them. */
function blocks(text: string, kind: string): string[] {
  const found = text.matchAll(new RegExp(`^( *)\`\`\`${kind}\n([\\s\\S]*?)^ *\`\`\`$`, 'gm'));
  return [...found].map(([, indent = '', code = '']) => code.replace(new RegExp(`^${indent}`, 'gm'), ''));
}

test('the examples of rule tests pass', () => {
  const [rulesText = '', ...tests] = blocks(TESTS, 'yaml').filter(text => text.startsWith('version: 1'));
  const rules = parseRules(rulesText, 'rules.yml');
  expect(tests.length).toBe(4);
  for (const text of tests) {
    const results = runRuleTests(rules, parseRuleTests(text, 'tests.yml', {rules, readText: () => ''}));
    expect(results.filter(({passed}) => !passed)).toEqual([]);
  }
});

test('every key is in a table', () => {
  const named = new Set([...TESTS.matchAll(/`([a-zA-Z]+)`/g)].map(([, name]) => name));
  const ofSteps = ['after', 'wait', 'ack'];
  const ofExpectations = ['rules', 'messages', 'remediations', 'told', 'incidents', 'state'];
  const keys = [...Object.keys(WrittenRuleTest.shape), ...CHANGE_KEYS, ...ofSteps, ...ofExpectations];
  expect(keys.filter(key => !named.has(key))).toEqual([]);
});

test('the steps from an empty repository to a tested rule work', async () => {
  const [rules = '', tests = ''] = blocks(COMMANDS, 'yaml');
  const [event = ''] = blocks(COMMANDS, 'json');
  const files = {'.github/port-reactor.yml': rules, '.github/port-reactor.test.yml': tests, 'event.json': event};
  const world = aCliWorld({files});
  const outputOf = async (...args: string[]) => {
    world.clear();
    await runProgram(args, world);
    expect(world).toMatchObject({errorOutput: '', exitCode: 0});
    return world.output;
  };
  const shown = (title: string) => blocks(COMMANDS, '').find(text => text.startsWith(`$ port-reactor ${title}`)) ?? '';
  await expect(outputOf('lint')).resolves.toContain('no mistakes in 2 files');
  const tested = await outputOf('test');
  expect(tested.split('\n').slice(0, 2)).toEqual(shown('test').split('\n').slice(1, 3));
  const explained = await outputOf('explain', 'event.json');
  for (const line of shown('explain event.json')
    .split('\n')
    .slice(1)
    .filter(one => /^ +[●○✔▶]/.test(one))) {
    expect(explained).toContain(`${line}\n`);
  }
  const previewed = await outputOf('preview', 'event.json');
  for (const line of shown('preview event.json')
    .split('\n')
    .slice(3, 6)
    .filter(one => /^ +│/.test(one))) {
    expect(previewed).toContain(line);
  }
  world.remove();
});

test.each(['explain', 'preview'])('the event in the help of %s is valid', async command => {
  const help = aCliWorld();
  await runProgram([command, '--help'], help);
  const [, event = ''] = /^( {2}\{\n[\s\S]*?^ {2}\})$/m.exec(help.output) ?? [];
  help.remove();
  const files = {'.github/port-reactor.yml': blocks(COMMANDS, 'yaml')[0] ?? '', 'event.json': event};
  const world = aCliWorld({files});
  await runProgram([command, 'event.json'], world);
  expect(world).toMatchObject({
    errorOutput: '',
    exitCode: 0,
    output: expect.stringContaining('🔽 WORSENED · checkout-prod'),
  });
  world.remove();
});
