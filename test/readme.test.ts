/** The README's promises to readers: its tables are those of the sources, its samples work. */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {parseRules} from '../src/rules/parse-rules.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const README = read('README.md');

/** The code spans of the first column of the tables between two lines. */
function namesInTables(from: string, to: string): string[] {
  const part = README.slice(README.indexOf(from), README.indexOf(to));
  const rows = part.split('\n').filter(line => line.startsWith('| `'));
  return rows.flatMap(row => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

test('names every input and output of action.yml, and no other', () => {
  const action = parse(read('action.yml')) as {inputs: object; outputs: object};
  const names = [...Object.keys(action.inputs), ...Object.keys(action.outputs)];
  expect(namesInTables('<!-- inputs -->', '<!-- variables -->').toSorted()).toEqual(names.toSorted());
});

test('names every variable that the relay reads, and no other', () => {
  const config = read('relay/config.ts');
  const variables = [...config.matchAll(/settings\.(?:read|require)\(\s*'([A-Z_]+)'/g)].map(([, name = '']) => name);
  const named = namesInTables('<!-- variables -->', '| Route |');
  expect(named.toSorted()).toEqual(variables.toSorted());
});

test('its rules file is a good one', () => {
  const [, sample = ''] = /```yaml\n(version: 1[\s\S]*?)```/.exec(README) ?? [];
  expect(parseRules(sample, 'README.md').rules).toHaveLength(2);
});

test('the rules file that users copy is a good one, scripts and all', () => {
  const rules = parseRules(read('.github/port-reactor.yml'), '.github/port-reactor.yml', path =>
    existsSync(join(ROOT, path)),
  );
  expect(rules.rules.map(rule => rule.name)).toEqual(
    expect.arrayContaining(['health-changed', 'deployment-degraded', 'database-cpu-high']),
  );
});

test('its links into the repository lead somewhere', () => {
  const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path);
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter(path => !existsSync(join(ROOT, path)))).toEqual([]);
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
