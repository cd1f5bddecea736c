/** The arrows of the design, checked: data flows one way, and nothing goes round. */
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {describe, expect, test} from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');

/** A folder may import from itself and from what stands before it. Files right in `src` that all use come first. */
const LAYERS = [
  'base',
  'change',
  'rules',
  'decide',
  'clients',
  'memory',
  'act',
  'rule-tests',
  'schemas',
  'report',
  'lint',
  'lint-mode',
  'action',
];
const BASE = [
  'errors',
  'deps',
  'files',
  'not-empty',
  'text',
  'http',
  'signature',
  'run',
  'secrets',
  'encoded-text',
  'redact',
];

const files = [...sourcesIn('src'), ...sourcesIn('relay')];
const imports = files.flatMap(file => importsOf(file).map(target => ({file, target})));

test('there are imports to check', () => {
  expect(imports.length).toBeGreaterThan(100);
});

test('src never imports from relay', () => {
  expect(imports.filter(({file, target}) => file.startsWith('src/') && target.startsWith('relay/'))).toEqual([]);
});

test('only the command line imports from the command line', () => {
  const wrong = imports.filter(({file, target}) => target.startsWith('src/cli/') && !file.startsWith('src/cli/'));
  expect(wrong).toEqual([]);
});

test('the stages import from earlier stages only', () => {
  const staged = imports.filter(({file}) => file.startsWith('src/') && !file.startsWith('src/cli/'));
  expect(staged.filter(({file, target}) => layerOf(target) > layerOf(file))).toEqual([]);
});

test('no import goes round', () => {
  const targets = new Map(files.map(file => [file, imports.filter(one => one.file === file).map(one => one.target)]));
  const cleared = new Set<string>(); // files from which no way leads round
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' → ')];
    if (cleared.has(file)) return [];
    const found = (targets.get(file) ?? []).flatMap(target => visit(target, [...path, file]));
    if (found.length === 0) cleared.add(file);
    return found.slice(0, 1);
  };
  expect(files.flatMap(file => visit(file, []))).toEqual([]);
});

describe('what decides is pure', () => {
  const pure = files.filter(file => /^src\/(change|rules|decide)\//.test(file));

  test.each(pure)('%s', file => {
    const modules = [
      ...readFileSync(join(ROOT, file), 'utf8').matchAll(/from '(node:[^']+|@actions\/core|@octokit[^']*)'/g),
    ];
    const pureModules = ['node:crypto', 'node:util'];
    expect(modules.map(([, name]) => name).filter(name => !pureModules.includes(name ?? ''))).toEqual([]);
  });
});

function sourcesIn(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), {recursive: true, encoding: 'utf8'});
  return entries.filter(name => name.endsWith('.ts')).map(name => join(folder, name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(/(?:from|import\((?:\/\*.*?\*\/\s*)?)\s*'(\.[^']+)'/g);
  return [...found].map(([, path = '']) => relative(ROOT, join(ROOT, dirname(file), path)));
}

function layerOf(file: string): number {
  const [, folder = '', name] = /^src\/(?:([^/]+)\/)?(.*)\.ts$/.exec(file) ?? [];
  if (folder === '') return LAYERS.indexOf(BASE.includes(name ?? '') ? 'base' : 'action');
  return LAYERS.indexOf(folder);
}
