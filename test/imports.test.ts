/** The layers of the design: data flows in one direction, and imports have no cycle. */
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {describe, expect, test} from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');

/** A folder of `src` may import from itself, from its neighbors in the same row, and from the rows before it. */
const LAYERS = [
  ['base', 'secrets'],
  ['change'],
  ['rules'],
  ['dispatch'],
  ['decide'],
  ['clients'],
  ['memory', 'incident-view'],
  ['act'],
  ['ui'],
  ['slack-view'],
  ['rule-tests', 'backtest'],
  ['schemas'],
  ['report'],
  ['lint'],
  ['lint-mode', 'command-mode', 'reconcile'],
  ['action'],
  ['demo', 'cli', 'playground'],
];

/** The same for the folders of `relay`. Its top level may import from all of them. No folder may import from the top level. */
const RELAY_LAYERS = [
  ['process'],
  ['verify'],
  ['dispatch'],
  ['http'],
  ['parse'],
  ['observe'],
  ['config', 'rules', 'port', 'smee'],
];

const files = [...sourcesIn('src'), ...sourcesIn('relay')];
const importsByFile = new Map(files.map(file => [file, importsOf(file)]));
const imports = files.flatMap(file => importsOf(file).map(target => ({file, target})));

test('there are imports to check', () => {
  expect(imports.length).toBeGreaterThan(100);
});

test.each([
  ['src', LAYERS],
  ['relay', RELAY_LAYERS],
])('every folder of %s is in a layer', (root, layers) => {
  const entries = readdirSync(join(ROOT, root), {withFileTypes: true});
  const folders = entries.filter(entry => entry.isDirectory()).map(({name}) => name);
  expect(folders.toSorted()).toEqual(layers.flat().toSorted());
});

test('CONTRIBUTING.md lists every folder, in the order of the layers', () => {
  const guide = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const rows = [...guide.matchAll(/^\| ((?:`(?:src|relay)\/[\w-]+` ?)+) \|/gm)].map(([, cell = '']) =>
    cell.split(' ').map(name => name.replaceAll('`', '')),
  );
  expect(rows.filter(row => row[0]?.startsWith('src/'))).toEqual(LAYERS.map(row => row.map(name => `src/${name}`)));
  expect(rows.filter(row => row[0]?.startsWith('relay/'))).toEqual(
    RELAY_LAYERS.map(row => row.map(name => `relay/${name}`)),
  );
});

test('src never imports from relay', () => {
  expect(imports.filter(({file, target}) => file.startsWith('src/') && target.startsWith('relay/'))).toEqual([]);
});

test('each folder imports from earlier folders only', () => {
  const ofSources = imports.filter(({target}) => /^(src|relay)\//.test(target));
  expect(ofSources.filter(({file, target}) => layerOf(target) > layerOf(file))).toEqual([]);
});

test('in src/act/slack, the code that renders and the code that sends are separate', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    'block-kit': ['block-kit'],
    incident: ['block-kit', 'incident'],
    message: ['block-kit', 'incident', 'message'],
    post: ['block-kit', 'post'],
  };
  const roomOf = (file: string) => /^src\/act\/slack\/([^/]+)\//.exec(file)?.[1];
  const inSlack = imports.filter(({file, target}) => roomOf(file) !== undefined && target.startsWith('src/act/slack/'));
  expect(inSlack.length).toBeGreaterThan(50);
  expect(inSlack.filter(({file, target}) => !allowed[roomOf(file) ?? '']?.includes(roomOf(target) ?? ''))).toEqual([]);
});

test('imports have no cycle', () => {
  expect(files.flatMap(file => cycleFrom(file, [], new Set()) ?? [])).toEqual([]);
});

describe('the code that decides, and files that declare it, are pure', () => {
  const claimsPurity = (file: string) => /^\/\*\*[^/]*\bPure\b/.test(readFileSync(join(ROOT, file), 'utf8'));
  const pure = files.filter(file => /^src\/(change|rules|decide)\//.test(file) || claimsPurity(file));

  test.each(pure)('%s', file => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const modules = [...text.matchAll(/from '(node:[^']+|@actions\/core|@octokit[^']*)'/g)].map(([, name]) => name);
    const computing = ['node:buffer', 'node:crypto', 'node:path', 'node:util', 'node:zlib'];
    expect(modules.filter(name => !computing.includes(name ?? ''))).toEqual([]);
    expect(
      text.match(
        /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|process\.(?!getBuiltinModule)\w+|console\.\w+|fetch\()/g,
      ),
    ).toBeNull();
  });
});

/** Files in `done` have no cycle and are not visited again. */
function cycleFrom(file: string, path: readonly string[], done: Set<string>): readonly string[] | undefined {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
  if (done.has(file)) return undefined;
  for (const target of importsByFile.get(file) ?? []) {
    const cycle = cycleFrom(target, [...path, file], done);
    if (cycle) return cycle;
  }
  done.add(file);
  return undefined;
}

function sourcesIn(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), {recursive: true, encoding: 'utf8'});
  return entries.filter(name => name.endsWith('.ts')).map(name => join(folder, name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(/(?:from|import\((?:\/\*.*?\*\/\s*)?)\s*'(\.[^']+)'/g);
  return [...found].map(([, path = '']) => relative(ROOT, join(ROOT, dirname(file), path)));
}

/** The folders of `relay` come after those of `src`. The top level of `relay` is last. */
function layerOf(file: string): number {
  const [, root, folder = ''] = /^(src|relay)\/(?:([^/]+)\/)?/.exec(file) ?? [];
  if (root === 'src') return LAYERS.findIndex(row => row.includes(folder));
  const layer = RELAY_LAYERS.findIndex(row => row.includes(folder));
  return LAYERS.length + (layer === -1 ? RELAY_LAYERS.length : layer);
}
