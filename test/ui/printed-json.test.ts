import {afterEach, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {runProgram} from '../../src/cli/program.ts';
import {printedJson} from '../../src/ui/printed-json.ts';
import {aCliWorld, type TestWorld} from '../helpers/processes/cli-world.ts';
import {aChange} from '../helpers/values/a-change.ts';

const worlds: TestWorld[] = [];
afterEach(() => {
  for (const used of worlds.splice(0)) used.remove();
});

/** All characters that a terminal could interpret, except line ends. */
const CONTROL_CHARACTERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

test('printed JSON parses to the same value and contains no terminal control characters', () => {
  const texts = fc.string({unit: fc.constantFrom('\u007f', '\u009b', '\u0085', '\u001b', '\\', 'u', '"', 'ä', '\n')});
  fc.assert(
    fc.property(
      fc.dictionary(texts, fc.oneof(texts, fc.jsonValue())),
      fc.constantFrom(undefined, 2),
      (value, indent) => {
        const printed = printedJson(value, indent);
        expect(printed).not.toMatch(CONTROL_CHARACTERS);
        expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify(value)));
      },
    ),
  );
});

test('printed JSON uses the escapes of JSON', () => {
  expect(printedJson({'a\u009b': '\u007f2J\u00a0'})).toBe('{"a\\u009b":"\\u007f2J\u00a0"}');
});

test.each([
  ['explain', ['explain', '-', '--json']],
  ['test', ['test', '--json']],
])('%s prints such JSON', async (_, args) => {
  const hostile = '\u009b2J\u007f';
  const change = aChange({entity: hostile, title: hostile, to: hostile, properties: {[hostile]: hostile}});
  const rules =
    'version: 1\nrules:\n  - {name: a, blueprint: deploymentConfig, property: healthStatus, notify: true}\n';
  const name = JSON.stringify(`x\\u009b2J`).replaceAll('\\\\', '\\');
  const tests = `version: 1\ntests:\n  - {name: ${name}, change: {blueprint: "deploymentConfig\\u009b"}, expect: nothing}\n`;
  const files = {'.github/port-reactor.yml': rules, '.github/port-reactor.test.yml': tests};
  const world = aCliWorld({files, input: JSON.stringify({version: 1, title: '', partition: 0, changes: [change]})});
  worlds.push(world);
  await runProgram(args, world);
  expect(world.output).not.toMatch(CONTROL_CHARACTERS);
  expect(world.output).toMatch(/^\{/);
  JSON.parse(world.output);
});
