/** Each exported name has one meaning. A name that two files export has two, or is a copy. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');

interface Declaration {
  readonly file: string;
  readonly name: string;
  readonly isExported: boolean;
  /** The code, without comments and without `export`. */
  readonly code: string;
}

const declarations = [...sourcesIn('src'), ...sourcesIn('relay')].flatMap(declarationsIn);

test('there are declarations to check', () => {
  expect(declarations.length).toBeGreaterThan(1000);
});

test('no name is exported by two files', () => {
  const exported = declarations.filter(({isExported}) => isExported);
  expect(homesOfSeveral(exported, ({name}) => name)).toEqual([]);
});

test('no function is written in two files', () => {
  const functions = declarations.filter(({code}) => /^(async )?function|=>/.test(code));
  expect(homesOfSeveral(functions, ({code}) => code)).toEqual([]);
});

/** "<name>: <files>" for each key with several files. A name can be a type and a value of one file. */
function homesOfSeveral(items: readonly Declaration[], keyOf: (item: Declaration) => string): string[] {
  const groups = new Map<string, Declaration[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()].flatMap(group => {
    const files = [...new Set(group.map(({file}) => file))];
    return files.length < 2 ? [] : [`${group[0]?.name}: ${files.join(', ')}`];
  });
}

/** The formatter puts each declaration of a file at the start of a line. */
function declarationsIn(file: string): Declaration[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const starts = [
    ...text.matchAll(/^(export )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm),
  ];
  return starts.map(({index, 1: exported, 2: name = ''}, place) => {
    const declared = text.slice(index, starts[place + 1]?.index ?? text.length);
    const code = declared
      .replaceAll(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
      .replace(/^export /, '')
      .replaceAll(/\s+/g, ' ');
    return {file, name, isExported: exported !== undefined, code: code.trim()};
  });
}

function sourcesIn(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), {recursive: true, encoding: 'utf8'});
  return entries.filter(name => name.endsWith('.ts')).map(name => join(folder, name));
}
