/** Every message that docs/troubleshooting.md quotes is in the code. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {RELAY_VARIABLES} from '../../src/base/settings/relay-variables.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');

/** The messages in the first column, without the header and the line below it. */
const quoted = PAGE.split('\n')
  .filter(line => line.startsWith('|'))
  .flatMap(line => [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text));

const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {inputs: object};
const names = new Set([...RELAY_VARIABLES.map(({name}) => name), ...Object.keys(action.inputs)]);

const code = ['src', 'relay'].flatMap(folder =>
  readdirSync(join(ROOT, folder), {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith('.ts'))
    .map(file => readFileSync(join(ROOT, folder, file), 'utf8').replaceAll(/^\s*(\*|\/\/|\/\*\*).*$/gm, '')),
);

test('there are messages to check', () => {
  expect(quoted.length).toBeGreaterThan(10);
});

test.each(quoted.filter(text => !names.has(text)))('the code has "%s"', text => {
  expect(code.some(file => file.includes(text))).toBe(true);
});
