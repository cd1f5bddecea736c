/** Real files with one edit each. The schema accepts all that the loader accepts, and refuses most files that the loader refuses. */
import {readdirSync, readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parse} from 'yaml';
import {isObject} from '../../src/base/json.ts';
import {loadRuleTests} from '../../src/rule-tests/parse-rule-tests.ts';
import {loadRules} from '../../src/rules/parse-rules.ts';
import {keyPaths, rulesSchema, ruleTestsSchema} from '../../src/schemas/file-schemas.ts';
import {accepts} from '../helpers/values/json-schema.ts';
import {runs} from '../helpers/values/runs.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): unknown =>
  parse(readFileSync(new URL(path, ROOT), 'utf8'), {merge: true, logLevel: 'error'});
const good = readdirSync(new URL('test/fixtures/rules/good', ROOT)).map(name => `test/fixtures/rules/good/${name}`);

interface Kind {
  readonly files: readonly unknown[];
  readonly schema: Record<string, unknown>;
  /** Whether the loader accepts the file. */
  readonly loads: (text: string) => boolean;
}

/** The file, and one file for each of its parts. Most edits concern one part, and small files are read faster. */
function withParts(file: unknown, list: string): unknown[] {
  const {[list]: parts = [], ...rest} = file as Record<string, unknown[]>;
  return [file, ...parts.map(part => ({...rest, [list]: [part]}))];
}

const RULE_TESTS: Kind = {
  files: [read('.github/port-reactor.test.yml'), read('test/fixtures/rule-tests/truth-tables.tests.yml')].flatMap(
    file => withParts(file, 'tests'),
  ),
  schema: ruleTestsSchema(),
  loads: text =>
    loadRuleTests(text, 'x.yml', {rules: undefined, readText: () => '{"action": "x"}'}).error === undefined,
};

const KINDS: Readonly<Record<string, Kind>> = {
  rules: {
    files: [...good, '.github/port-reactor.yml'].map(read).flatMap(file => withParts(file, 'rules')),
    schema: rulesSchema(),
    loads: text => loadRules(text, 'x.yml').error === undefined,
  },
  'rule tests': RULE_TESTS,
};

const SCALARS = [
  ...[null, true, false, 0, 1, 1.5, -1, 80, 1e21, '', ' ', 'a', ' a ', '5m', '05m', '1.5h', '25:00', '24:00', '06:30'],
  ...['mon', 'mon-fri', 'monday', 'UTC', 'BST', 'Europe/Berlin', '+01:00', '2026-12-01T18:00:00Z', '2026-12-01T18:00'],
  ...['https://hooks.slack.com/services/T/B/x', 'https://wiki.example.com/a', 'ftp://a', '#general', 'a b', 'nothing'],
  ...[
    '<!here>',
    '<@U0123> <!here>',
    '@jane',
    '../a.sh',
    '/a.sh',
    '~/a.sh',
    'a/b.sh',
    'kubectl scale',
    'REACTOR_A',
    'A-B',
  ],
  ...[
    'critical',
    'Critical',
    'created',
    'deleted',
    'timer-expired',
    'keep',
    'mute',
    'true',
    "after.properties.a == 'b'",
  ],
];
const anyValue = fc.oneof(
  {weight: 6, arbitrary: fc.constantFrom<unknown>(...SCALARS)},
  {weight: 1, arbitrary: fc.array(fc.constantFrom<unknown>(...SCALARS), {maxLength: 3})},
  {weight: 1, arbitrary: fc.constantFrom<unknown>({}, [], [{}], {a: 1})},
);

/** The mappings and lists of a file. */
function containersIn(value: unknown): (unknown[] | Record<string, unknown>)[] {
  if (!Array.isArray(value) && !isObject(value)) return [];
  return [value, ...Object.values(value).flatMap(containersIn)];
}

interface Edit {
  readonly place: number;
  readonly key: number;
  readonly what: 'replace' | 'remove' | 'add';
  readonly value: unknown;
}

const edits: fc.Arbitrary<Edit> = fc.record({
  place: fc.nat(),
  key: fc.nat(),
  what: fc.constantFrom<Edit['what'][]>('replace', 'replace', 'remove', 'add'),
  value: anyValue,
});

/** The file with one edit. Most added keys are keys of this kind of file. */
function edit(file: unknown, {place, key, what, value}: Edit, keys: readonly string[]): unknown {
  const copy = structuredClone(file);
  const containers = containersIn(copy);
  const holder = containers[place % containers.length];
  if (holder === undefined) return copy;
  const own = Object.keys(holder);
  const name = what === 'add' && isObject(holder) ? keys[key % keys.length] : own[key % own.length];
  if (name === undefined) return copy;
  if (what === 'remove' && Array.isArray(holder)) holder.splice(Number(name), 1);
  else if (what === 'remove') delete (holder as Record<string, unknown>)[name];
  else (holder as Record<string, unknown>)[name] = value;
  return copy;
}

const RUNS = runs(2000);

test.each(Object.entries(KINDS))('the schema of %s agrees with the loader', (_, {files, schema, loads}) => {
  const names = new Set(keyPaths(schema).map(path => path.split('.').at(-1) ?? ''));
  const keys = [...names].filter(name => name !== '*').concat('severty');
  let refused = 0;
  const missed: unknown[] = [];
  fc.assert(
    fc.property(fc.nat(), edits, (index, one) => {
      const file = edit(files[index % files.length], one, keys);
      const isValid = accepts(schema, file);
      if (loads(JSON.stringify(file))) return isValid;
      refused += 1;
      if (isValid) missed.push(one);
      return true;
    }),
    {numRuns: RUNS, seed: Number(process.env['SCHEMA_SEED'] ?? 7)},
  );
  if (process.env['SCHEMA_SHOW']) process.stdout.write(missed.map(one => `${JSON.stringify(one)}\n`).join(''));
  expect(refused).toBeGreaterThan(RUNS / 5);
  expect(1 - missed.length / refused).toBeGreaterThan(0.95);
});

test('the schema accepts each event of Port that the loader accepts', () => {
  const folder = new URL('test/fixtures/port/', ROOT);
  const refused = readdirSync(folder).filter(name => {
    const event: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    const file = {version: 1, tests: [{name: 'one', event, expect: 'nothing'}]};
    return RULE_TESTS.loads(JSON.stringify(file)) && !accepts(RULE_TESTS.schema, file);
  });
  expect(refused).toEqual([]);
});
