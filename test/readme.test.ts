/** Checks the documentation: its tables match the sources, and its samples work. */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {RELAY_VARIABLES} from '../src/base/settings/relay-variables.ts';
import {parseRules} from '../src/rules/parse-rules.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const README = read('README.md');

test('the generated tables are up to date', () => {
  // scripts/docs.js generates them. This checks that each input, output and variable has its row.
  const action = parse(read('action.yml')) as {inputs: object; outputs: object};
  for (const name of [...Object.keys(action.inputs), ...Object.keys(action.outputs)]) {
    expect(read('docs/action.md')).toContain(`| \`${name}\` |`);
  }
  for (const {name} of RELAY_VARIABLES) expect(read('docs/running-the-relay.md')).toContain(`| \`${name}\` |`);
});

test('the rules file in the README is valid', () => {
  const [, sample = ''] = /```yaml\n(version: 1[\s\S]*?)```/.exec(README) ?? [];
  expect(parseRules(sample, 'README.md').rules).toHaveLength(2);
});

test('the rules file that users copy is valid, with its scripts', () => {
  const rules = parseRules(read('.github/port-reactor.yml'), '.github/port-reactor.yml', path =>
    existsSync(join(ROOT, path)),
  );
  expect(rules.rules.map(rule => rule.name)).toEqual(
    expect.arrayContaining(['health-changed', 'deployment-degraded', 'database-cpu-high']),
  );
});

test('the settings of package.json, action.yml and the README agree', () => {
  const {scripts, bin} = JSON.parse(read('package.json')) as {
    scripts: Record<string, string>;
    bin: Record<string, string>;
  };
  const commands = [...README.matchAll(/npm run (\S+)/g)].map(([, name = '']) => name.replace(/`.*/, ''));
  expect(commands.filter(name => scripts[name] === undefined)).toEqual([]);
  expect(existsSync(join(ROOT, bin['port-reactor'] ?? ''))).toBe(true);
});
