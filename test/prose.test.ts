/**
 * The language of the project is plain technical English, in docs, comments, names and messages. These tests find phrases that are
 * not. If a word must stay because it is a name of the contract, add it to `ALLOWED`.
 */
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');

/** The files and folders that are checked. */
const CHECKED = [
  '.github',
  'CONTRIBUTING.md',
  'README.md',
  'action.yml',
  'bench',
  'deploy',
  'docs',
  'examples',
  'relay',
  'scripts',
  'src',
  'test',
];

/** Exceptions by file or folder. `told` is a key of rule tests and of the incident memory, `nobody` is a user of Linux. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  '.github/port-reactor.test.yml': ['told'],
  'docs/rule-tests.md': ['told'],
  examples: ['told'],
  'src/act/slack/thread-members.ts': ['told'],
  'src/act/slack/threads.ts': ['told'],
  'src/cli/new/proposals.ts': ['told'],
  'src/memory': ['told'],
  'src/playground/render-timeline.ts': ['told'],
  'src/rule-tests': ['told'],
  'src/schemas/rule-tests-docs.ts': ['told'],
  'test/cli/report': ['told'],
  'test/e2e': ['told'],
  'test/fixtures/rule-tests': ['told'],
  'test/helpers/servers/postgres.ts': ['nobody'],
  'test/incident-view/incident-entity.test.ts': ['told'],
  'test/memory': ['told'],
  'test/playground/page-view.test.ts': ['told'],
  'test/prose.test.ts': ['told', 'nobody'],
  'test/rule-tests': ['told'],
  'test/schemas/written-files.ts': ['told'],
};

interface Phrase {
  readonly pattern: RegExp;
  readonly instead: string;
}

const PHRASES: readonly Phrase[] = [
  {pattern: /\b(tell|tells|told|telling|untold)\b/gi, instead: 'report, say, show, notify'},
  {pattern: /\bmend(s|ed|ing)?\b/gi, instead: 'fix'},
  {pattern: /\banew\b/gi, instead: 'again'},
  {pattern: /\bof now\b/gi, instead: 'current'},
  {pattern: /\bfor ever\b/gi, instead: 'always, without end'},
  {pattern: /\b(nobody|somebody)\b/gi, instead: 'say what is not known, or who does it'},
  {pattern: /(?<!there )\b(is|are|was|were) no (?!longer|more)\w+/gi, instead: 'is not a'},
  {pattern: /\b(is|are|was|were) none\b/gi, instead: 'is not one, does not exist'},
  {pattern: /\b(undefined|null|absent|empty|except|throws|rejects) where\b/gi, instead: 'if'},
  {pattern: /@throws \{\w+\} where\b/g, instead: 'if'},
  {
    pattern: /[,.;] where (it|they|there|that) (is|are|can|does|do|has|have) (a|an|no|not|none|one|any)\b/gi,
    instead: 'if',
  },
  {pattern: /(?<=(\b(test|describe)|\]\))\(\s*['"`])(where|nor)\b/g, instead: 'if'},
  {pattern: /\b(obey|obeys|obeyed|obeying)\b/gi, instead: 'apply, follow'},
  {pattern: /\b(lest|in vain|of no use)\b/gi, instead: 'so that … not, without success, not useful'},
  {pattern: /\bnothing but\b/gi, instead: 'only'},
  {pattern: /\bgo(es)? on\b/gi, instead: 'continue'},
  {pattern: /\bwrong usage\b/gi, instead: 'invalid usage'},
  {pattern: /\bas it should be\b/gi, instead: 'passed'},
  {pattern: /; did you mean\b/gi, instead: '. Did you mean'},
  {
    pattern:
      /\b\w*(colour|behaviour|neighbour|favour|licence|(serial|recogn|summar|normal|organ|initial|minim)is(e|ing|ation))\w*/gi,
    instead: 'American spelling',
  },
];

describe('plain technical English', () => {
  test.each(CHECKED)('%s', path => {
    expect(filesIn(path).flatMap(findIn)).toEqual([]);
  });
});

test('finds the phrases, also across the lines of a comment', () => {
  const comment = ['/**', ' * Undefined where', ' * the text is no', ' * number, of which nobody is told.', ' */'].join(
    '\n',
  );
  expect(phrasesIn(comment).map(({found}) => found)).toEqual(['told', 'nobody', 'is no number', 'Undefined where']);
});

test('finds a title that starts with "where"', () => {
  const titles = ["test('where it is', () => {", "])(\n  'where %s', () => {", "describe('the folder where it is'"];
  expect(titles.map(title => phrasesIn(title).length)).toEqual([1, 1, 0]);
});

test.each(['it is no longer open', 'there is no rule "a"', 'the folder where scripts are', 'is not a number'])(
  'accepts "%s"',
  text => {
    expect(phrasesIn(text)).toEqual([]);
  },
);

function filesIn(path: string): string[] {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  const names = readdirSync(join(ROOT, path), {recursive: true, encoding: 'utf8'});
  return names.filter(name => /\.(ts|js|md|ya?ml|sh|tf|json)$/.test(name)).map(name => join(path, name));
}

function findIn(file: string): string[] {
  const allowed = Object.entries(ALLOWED).flatMap(([path, words]) => (file.startsWith(path) ? words : []));
  return phrasesIn(withoutPhrases(readFileSync(join(ROOT, file), 'utf8')))
    .filter(({found}) => !allowed.includes(found))
    .map(({line, found, instead}) => `${file}:${line}: "${found}": ${instead}`);
}

function phrasesIn(text: string): {line: number; found: string; instead: string}[] {
  // Each gap keeps its length, so that offsets are those of the file.
  const joined = text.replace(/\n[ \t]*(\*(?!\/)|\/\/)?/g, gap => ' '.repeat(gap.length));
  return PHRASES.flatMap(({pattern, instead}) =>
    [...joined.matchAll(spaced(pattern))].map(match => ({
      line: text.slice(0, match.index).split('\n').length,
      found: match[0].replace(/\s+/g, ' '),
      instead,
    })),
  );
}

/** Blanks `PHRASES` and the tests of it, up to the first function of this file. They contain the phrases. */
function withoutPhrases(text: string): string {
  return text.replace(/\nconst PHRASES[\s\S]*?(?=\nfunction)/, own => own.replace(/\S/g, ' '));
}

/** The pattern with each space matching any white space. */
function spaced({source, flags}: RegExp): RegExp {
  return new RegExp(source.replaceAll(' ', '\\s+'), flags);
}
