/** Every relative link of the documentation leads to an existing file and heading. */
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {expect, test} from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  '.changeset/README.md',
  ...markdownIn('docs'),
];

const links = DOCUMENTS.flatMap(file =>
  [...proseOf(file).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, target = '']) => ({file, target})),
);

test('there are links to check', () => {
  expect(links.length).toBeGreaterThan(50);
});

test.each(links)('$file → $target', ({file, target}) => {
  const [path = '', anchor] = target.split('#');
  const found = path === '' ? file : relative(ROOT, join(ROOT, dirname(file), path));
  expect(existsSync(join(ROOT, found))).toBe(true);
  if (anchor !== undefined && found.endsWith('.md')) expect(anchorsOf(found)).toContain(anchor);
});

test('every page of docs is in the index', () => {
  const index = readFileSync(join(ROOT, 'docs/README.md'), 'utf8');
  const pages = readdirSync(join(ROOT, 'docs')).filter(name => name.endsWith('.md') && name !== 'README.md');
  expect(pages.filter(name => !index.includes(`](${name})`))).toEqual([]);
  const records = readdirSync(join(ROOT, 'docs/decisions')).filter(name => name !== 'README.md');
  const list = readFileSync(join(ROOT, 'docs/decisions/README.md'), 'utf8');
  expect(records.filter(name => !list.includes(`](${name})`))).toEqual([]);
});

test('every file that test/README.md names exists', () => {
  const guide = readFileSync(join(ROOT, 'test/README.md'), 'utf8');
  const files = readdirSync(join(ROOT, 'test'), {recursive: true, encoding: 'utf8'});
  const named = [...guide.matchAll(/`([\w./-]+\.(?:ts|yml))`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(15);
  const isMissing = (name: string) => !files.some(file => file === name || file.endsWith(`/${name}`));
  expect(named.filter(name => isMissing(name) && !existsSync(join(ROOT, name)))).toEqual([]);
});

test('every source file that a comment or a document names exists', () => {
  const files = ['src', 'relay', 'scripts', 'test', 'bench', 'docs'].flatMap(folder =>
    readdirSync(join(ROOT, folder), {recursive: true, encoding: 'utf8'}).map(name => `/${folder}/${name}`),
  );
  const texts = [...files.filter(name => /\.(ts|js|md)$/.test(name)), '/README.md', '/CONTRIBUTING.md', '/SECURITY.md'];
  const named = texts.flatMap(file => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const lines = text.split('\n').filter(line => file.endsWith('.md') || /^\s*(\/\/|\/?\*)/.test(line));
    return [...lines.join('\n').matchAll(/(?<![\w./-])[\w/-]+\.(?:(?:slow\.)?test\.)?ts\b/g)].map(([name]) => ({
      file,
      name,
    }));
  });
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter(({name}) => !files.some(file => file.endsWith(`/${name}`)))).toEqual([]);
});

/** The text without its code blocks. */
function proseOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8').replaceAll(/^( *)```[\s\S]*?^\1```/gm, '');
}

/** The anchors that GitHub creates for headings: lower case, no punctuation, hyphens for spaces, numbered if repeated. */
function anchorsOf(file: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(file).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}

function markdownIn(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), {recursive: true, encoding: 'utf8'});
  return entries
    .filter(name => name.endsWith('.md') && statSync(join(ROOT, folder, name)).isFile())
    .map(name => join(folder, name));
}
