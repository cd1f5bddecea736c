/** 2,000 random files of each kind (in CI, fewer otherwise), checked by an independent validator. */
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {loadRuleTests} from '../../src/rule-tests/parse-rule-tests.ts';
import {loadRules} from '../../src/rules/parse-rules.ts';
import {rulesSchema, ruleTestsSchema} from '../../src/schemas/file-schemas.ts';
import {accepts} from '../helpers/values/json-schema.ts';
import {runs} from '../helpers/values/runs.ts';
import {rulesFile, ruleTestsFile} from './written-files.ts';

const RUNS = runs(2_000);

const EVENT = {
  action: 'CREATE',
  context: {blueprint: 'b', entity: 'e'},
  diff: {before: null, after: {properties: {}, relations: {}}},
};
const loadsRules = (text: string) => loadRules(text, 'x.yml').error === undefined;
const loadsTests = (text: string) =>
  loadRuleTests(text, 'x.yml', {rules: undefined, readText: () => JSON.stringify(EVENT)}).error === undefined;

test.each([
  ['rules', rulesFile, rulesSchema(), loadsRules],
  ['rule tests', ruleTestsFile, ruleTestsSchema(), loadsTests],
] as const)(
  'the schema accepts all %s that the loader accepts, and flags what it refuses',
  (_, files, schema, loads) => {
    const counts = {loaded: 0, refused: 0, missed: 0};
    fc.assert(
      fc.property(files, file => {
        const text = JSON.stringify(file);
        const isLoaded = loads(text);
        // YAML and JSON read this text the same way.
        const accepted = accepts(schema, JSON.parse(text));
        counts.loaded += Number(isLoaded);
        counts.refused += Number(!isLoaded);
        counts.missed += Number(!isLoaded && accepted);
        return accepted || !isLoaded;
      }),
      {numRuns: RUNS, seed: Number(process.env['SCHEMA_SEED'] ?? 11)},
    );
    expect(counts.loaded).toBeGreaterThan(RUNS / 5);
    expect(counts.refused).toBeGreaterThan(RUNS / 5);
    expect(1 - counts.missed / counts.refused).toBeGreaterThan(0.95);
  },
);
