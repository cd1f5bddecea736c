/**
 * Common mistakes, put one by one into correct files: lint finds each at its line and shows the fix. It reports nothing for
 * correct files. For a new case, add an item to test/fixtures/lint/mistakes.yml or correct.yml.
 */
import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parse} from 'yaml';
import {NO_BLUEPRINTS} from '../../src/lint/catalog/lint-blueprints.ts';
import {readBlueprintFiles} from '../../src/lint/catalog/read-blueprints.ts';
import {lint} from '../../src/lint/lint.ts';
import {aRepository, BLUEPRINTS, CORRECT, RULES, TESTS, WORKFLOW} from '../helpers/values/a-repository.ts';
import {runs} from '../helpers/values/runs.ts';

type Files = Readonly<Record<string, string>>;

interface Edit {
  readonly edit: string;
  readonly to: string;
}

interface Mistake extends Edit {
  readonly name: string;
  readonly line: number;
  readonly message: string;
  readonly reportedIn?: 'rules';
}

interface CorrectCase {
  readonly name: string;
  readonly edits?: readonly (Edit & {readonly in: string})[];
  /** null removes a file. */
  readonly files?: Readonly<Record<string, string | null>>;
}

const read = (name: string) => parse(readFileSync(new URL(`../fixtures/lint/${name}`, import.meta.url), 'utf8'));
const MISTAKES: Readonly<Record<string, readonly Mistake[]>> = read('mistakes.yml');
const CORRECT_CASES: readonly CorrectCase[] = read('correct.yml');

const PATHS: Readonly<Record<string, string>> = {
  rules: RULES,
  'rules, with blueprints': RULES,
  blueprints: BLUEPRINTS,
  'rule tests': TESTS,
  workflow: WORKFLOW,
};
const pathOf = (name: string) => PATHS[name] ?? name;

/** `file:line: message` of each mistake. */
function mistakesIn(files: Files): string[] {
  const text = files[BLUEPRINTS];
  const {blueprints, problems} = readBlueprintFiles(text === undefined ? [] : [{file: BLUEPRINTS, text}]);
  const {problems: found} = lint(aRepository(files), {blueprints, eventType: 'port-catalog-change'});
  return [...found, ...problems].map(({file, line, message}) => `${file}:${line}: ${message}`);
}

function edited(files: Files, file: string, {edit, to}: Edit): Files {
  const text = files[file] ?? '';
  expect(text.split(edit)).toHaveLength(2); // the place of the edit is unique
  return {...files, [file]: text.replace(edit, () => to)};
}

test('the fixtures have enough cases', () => {
  expect(Object.values(MISTAKES).flat().length).toBeGreaterThanOrEqual(80);
  expect(CORRECT_CASES.length).toBeGreaterThanOrEqual(10);
});

describe.each(Object.entries(MISTAKES))('a mistake in %s', (file, mistakes) => {
  test.each(mistakes)('$name', mistake => {
    const found = mistakesIn(edited(CORRECT, pathOf(file), mistake));
    const words = new RegExp(mistake.message);
    expect(found).toContainEqual(expect.stringMatching(words));
    const reported = found.find(text => words.test(text));
    expect(reported?.split(' ')[0]).toBe(`${pathOf(mistake.reportedIn ?? file)}:${mistake.line}:`);
  });
});

test('rule tests can name the destinations of the workflows if an expression gives the destination', () => {
  const rules = edited(CORRECT, RULES, {edit: '  - slack: default', to: "  - slack: '{{ after.properties.version }}'"});
  expect(mistakesIn(edited(rules, TESTS, {edit: 'slack: payments', to: 'slack: search'}))).toEqual([]);
  expect(mistakesIn(edited(rules, TESTS, {edit: 'slack: payments', to: 'slack: serch'}))).toEqual([
    `${TESTS}:7: tests[0].expect.messages[0].slack: no workflow defines the destination "serch". Did you mean "search"?`,
  ]);
});

describe('the address of a webhook in plain text is reported and never shown', () => {
  const ADDRESS = 'https://hooks.slack.com/services/T0AAA/B0BBB/s3cr3t';
  test.each([
    {in: RULES, edit: 'slack: payments\n', to: `slack: ${ADDRESS}\n`},
    {in: RULES, edit: '  - slack: default', to: `  - slack: [default, "${ADDRESS}"]`},
    {
      in: RULES,
      edit: '  - slack: default',
      to: `  - slack: '{{ after.properties.version }}'\n    fallback: ${ADDRESS}`,
    },
    {in: RULES, edit: 'notify: { slack: payments }', to: `notify: { slack: "${ADDRESS}" }`},
    {in: TESTS, edit: 'slack: payments', to: `slack: "${ADDRESS}"`},
  ])('$in: $to', ({in: file, ...edit}) => {
    const found = mistakesIn(edited(CORRECT, file, edit)).join('\n');
    expect(found).toMatch(/is a URL, which is a secret/);
    expect(found).not.toMatch(/s3cr3t|T0AAA/);
  });

  test('instead of a mapping', () => {
    const found = mistakesIn(edited(CORRECT, RULES, {edit: 'notify: { slack: payments }', to: `notify: ${ADDRESS}`}));
    expect(found.join('\n')).toMatch(/must be true, false or a mapping/);
    expect(found.join('\n')).not.toMatch(/s3cr3t|T0AAA/);
  });
});

describe('a mistake in the rules is not reported again in the rule tests', () => {
  const NOT_COMPARED = 'The rule tests were not compared with the rules, because the rules have mistakes.';
  const FACTS = {blueprints: NO_BLUEPRINTS, eventType: 'port-catalog-change'};
  const linted = (edit: Edit) => lint(aRepository(edited(CORRECT, RULES, edit)), FACTS);

  test.each<[string, Edit]>([
    ['a wrong indentation', {edit: '    property: cpuUtil', to: '   property: cpuUtil'}],
    ['no `rules:`', {edit: 'rules:\n', to: 'rule:\n'}],
    ['an empty file', {edit: CORRECT[RULES] ?? '', to: ''}],
    ['an unknown word', {edit: 'name: deployment-degraded\n', to: 'nmae: deployment-degraded\n'}],
  ])('if the rules did not load: %s', (_name, edit) => {
    const {problems, notes} = linted(edit);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.filter(({file}) => file === TESTS)).toEqual([]);
    expect(notes).toEqual([NOT_COMPARED]);
  });

  test.each<[string, Edit, RegExp]>([
    [
      'destination',
      {edit: 'notify: { slack: payments }', to: 'notify: { slack: paymnts }'},
      /no Slack destination "paymnts". Did you mean "payments"/,
    ],
    ['script', {edit: 'scale-up.sh', to: 'scale-upp.sh'}, /there is no file/],
    ['status', {edit: 'Restarting, Degraded, Crashed]', to: 'Restarting, Degradd, Crashed]'}, /./],
    [
      'name',
      {edit: 'name: database-cpu-high', to: 'name: Deployment-Degraded'},
      /differs from the rule "deployment-degraded"/,
    ],
  ])('if the %s of the rule is invalid', (_name, edit, message) => {
    const routes = {edit: '  - match: { team: payments }\n    slack: payments\n', to: ''};
    const files = edited(edited(CORRECT, RULES, edit), RULES, routes);
    const {problems, notes} = lint(aRepository(files), FACTS);
    expect(problems.map(({message: text}) => text)).toContainEqual(expect.stringMatching(message));
    expect(problems.filter(({file}) => file === TESTS)).toEqual([]);
    expect(notes).toEqual([]);
  });
});

describe('a note reports what was not checked', () => {
  const FACTS = {blueprints: NO_BLUEPRINTS, eventType: 'port-catalog-change'};
  const notesOn = (...absent: string[]) =>
    lint(aRepository(Object.fromEntries(Object.entries(CORRECT).filter(([file]) => !absent.includes(file)))), FACTS);

  test('if no workflow uses the action', () => {
    expect(notesOn(WORKFLOW)).toEqual({
      problems: [],
      notes: ['No workflow in .github/workflows uses the action: destinations, variables and jobs were not checked.'],
    });
  });

  test('but a workflow that starts for the relay without a step of the action is a mistake', () => {
    const text = CORRECT[WORKFLOW]
      ?.replace('uses: acme/port-reactor@v1', 'run: echo')
      .replace(/ {8}with:[\s\S]*?(?= {8}env:)/, '');
    const {problems} = lint(aRepository({...CORRECT, [WORKFLOW]: text ?? ''}), FACTS);
    expect(problems.map(({line, message}) => `${line}: ${message}`)).toContainEqual(
      expect.stringMatching(/^4: .*no step uses the action\. Use OWNER\/port-reactor@v1/),
    );
  });

  test('if there are no rule tests', () => {
    expect(notesOn(TESTS)).toEqual({
      problems: [],
      notes: [
        'No rule tests: .github/port-reactor.test.yml does not exist (port-reactor test --help shows how to start).',
      ],
    });
  });

  test('only if something is missing', () => {
    expect(notesOn()).toEqual({problems: [], notes: []});
  });
});

describe('lint reports nothing for', () => {
  test.each(CORRECT_CASES)('$name', ({edits = [], files: written = {}}) => {
    const replaced = Object.entries(written).map(([name, text]) => [pathOf(name), text] as const);
    const files = Object.entries({...CORRECT, ...Object.fromEntries(replaced)}).filter(([, text]) => text !== null);
    const start = Object.fromEntries(files) as Files;
    expect(mistakesIn(edits.reduce((all, edit) => edited(all, pathOf(edit.in), edit), start))).toEqual([]);
  });
});

/** Characters of several code points and bytes. fast-check's own unit `grapheme` takes most of a second to set up. */
const GRAPHEMES = ['a', ':', '\n', 'é', 'e\u0301', '한', '👩‍🚀', '🇩🇪', '❤️', 'न्'];

describe('lint never throws', () => {
  const anyText = fc.oneof(fc.string({unit: 'binary'}), fc.string({unit: fc.constantFrom(...GRAPHEMES)}), fc.json());
  /** A replaced part of the text, as after a typo or an incorrect merge. */
  const edit = fc.record({
    file: fc.constantFrom(...Object.keys(CORRECT)),
    at: fc.nat(),
    length: fc.nat(40),
    text: anyText,
  });

  test('for any edits of the text, and each mistake has a place', () => {
    fc.assert(
      fc.property(fc.array(edit, {minLength: 1, maxLength: 3}), edits => {
        const files = {...CORRECT};
        for (const {file, at, length, text} of edits) {
          const before = files[file] ?? '';
          const start = at % (before.length + 1);
          files[file] = before.slice(0, start) + text + before.slice(start + length);
        }
        for (const line of mistakesIn(files)) expect(line).toMatch(/^[^\s:]+:[1-9]\d*: ./);
      }),
      {numRuns: runs(100)},
    );
  });

  /** Names that every object has, which must not be read as keys. */
  const name = fc.constantFrom('toString', '__proto__', 'constructor', 'length', 'name', 'slack', 'match', 'run');
  const anyValue = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(name, fc.jsonValue()),
    fc.array(fc.dictionary(name, fc.jsonValue())),
  );

  test('if any value is replaced by any other', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(CORRECT)), fc.nat(), anyValue, (file, place, value) => {
        const json = parse(CORRECT[file] ?? '');
        const containers = containersIn(json);
        const [holder, key] = containers[place % containers.length] ?? [json, 'x'];
        holder[key] = value;
        mistakesIn({...CORRECT, [file]: JSON.stringify(json)});
      }),
      {numRuns: runs(150)},
    );
  });

  test('for any file content', () => {
    const json = fc.jsonValue().map(value => JSON.stringify(value));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(CORRECT)), fc.oneof(anyText, json), (file, text) => {
        mistakesIn({...CORRECT, [file]: text});
      }),
    );
  });
});

/** Each nested mapping or list, with each of its keys. */
function containersIn(json: unknown): [Record<string, unknown>, string][] {
  if (typeof json !== 'object' || json === null) return [];
  const holder = json as Record<string, unknown>;
  return Object.keys(holder).flatMap(key => [[holder, key] as [typeof holder, string], ...containersIn(holder[key])]);
}
