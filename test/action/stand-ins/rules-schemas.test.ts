/** Schemas of rules and payloads give the same data and issues with the stand-in as with zod. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {build} from 'esbuild';
import fc from 'fast-check';
import * as real from '../../../src/rules/written/written-rules.ts';
import {openYaml} from '../../../src/rules/yaml/parse-yaml.ts';
import {runs} from '../../helpers/runs.ts';
import {withoutZodMessages} from '../../helpers/zod-messages.ts';

withoutZodMessages();

const SRC = join(import.meta.dirname, '../../../src');
const ours = await schemasWithStandIn();

/** The schemas in a bundle that replaces zod with the stand-in, as the action does. */
async function schemasWithStandIn(): Promise<Schemas> {
  const {outputFiles} = await build({
    entryPoints: [join(SRC, 'rules/written/written-rules.ts')],
    alias: {'zod/mini': join(SRC, 'action/stand-ins/zod-mini.ts')},
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    banner: {js: "import {createRequire} from 'node:module'; const require = createRequire('/');"},
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')}`);
}

/** Every key of a rules file, each with a valid value. */
const FULL = openYaml(readFileSync(join(import.meta.dirname, 'every-key.yml'), 'utf8')).json;

const oddValue = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'a',
    '5m',
    '{{ x',
    '*',
    0,
    -1,
    1.5,
    80,
    Infinity,
    true,
    null,
    [],
    {},
    [[]],
    ['a', ''],
    {a: 1},
    [{}],
  ),
  fc.jsonValue({maxDepth: 2}),
);

/** The file with a few parts replaced, or with unknown keys. */
const changedFile = fc
  .array(
    fc.record({
      path: fc.constantFrom(...pathsIn(FULL)),
      key: fc.constantFrom(undefined, 'other', 'name'),
      value: oddValue,
    }),
    {maxLength: 3},
  )
  .map(edits => {
    const file = structuredClone(FULL);
    for (const {path, key, value} of edits) put(file, key === undefined ? path : [...path, key], value);
    return file;
  });

function pathsIn(value: unknown, path: readonly PropertyKey[] = []): PropertyKey[][] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entries.flatMap(([key, part]) => [[...path, key], ...pathsIn(part, [...path, key])]);
}

/** Does nothing if the path no longer exists. */
function put(file: unknown, path: readonly PropertyKey[], value: unknown): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], file);
  if (typeof parent === 'object' && parent !== null)
    (parent as Record<PropertyKey, unknown>)[path.at(-1) as PropertyKey] = value;
}

type Schemas = Pick<typeof real, 'WrittenRule' | 'WrittenRulesFile'>;

function resultOf({WrittenRule, WrittenRulesFile}: Schemas, file: unknown) {
  const {rules} = file as {rules?: unknown};
  const results = [
    WrittenRulesFile.safeParse(file),
    ...(Array.isArray(rules) ? rules : []).map(rule => WrittenRule.safeParse(rule)),
  ];
  return results.map(({data, error}) => ({data, issues: error?.issues.map(issue => ({...issue}))}));
}

test('the file with every key has no mistake', () => {
  expect(resultOf(real, FULL).flatMap(({issues}) => issues ?? [])).toEqual([]);
});

test('files with mistakes have the same issues', () => {
  fc.assert(
    fc.property(changedFile, file => {
      expect(resultOf(ours, file)).toEqual(resultOf(real, file));
    }),
    {numRuns: runs(1200)},
  );
});
