/** Lint: compares a file of rule tests with its rules, for the commands `lint` and `test`. */
import {loadRuleTests} from '../../rule-tests/parse-rule-tests.ts';
import type {RuleTest} from '../../rule-tests/rule-tests.ts';
import type {Blueprints} from '../catalog/lint-blueprints.ts';
import {problemsIn} from '../collect.ts';
import type {Repository} from '../read-repository.ts';
import type {RulesResult} from '../rules/lint-all-rules.ts';
import {type FileProblem, openSource} from '../source.ts';
import {lintRuleTests} from './lint-rule-tests.ts';
import {reportedWords} from './reported-words.ts';

export interface TestFileResult {
  readonly problems: readonly FileProblem[];
  /** The tests that can run. */
  readonly tests: readonly RuleTest[];
}

/** All mistakes in the rule tests of the repository. Never throws. */
export function lintTestFile(
  {ruleTests, readText}: Pick<Repository, 'ruleTests' | 'readText'>,
  {rules, loaded, found: inRules, destinations}: RulesResult,
  blueprints: Blueprints,
): TestFileResult {
  if (ruleTests === undefined) return {problems: [], tests: []};
  const {file} = ruleTests;
  const {json, yaml, place} = openSource(ruleTests);
  const view = loaded.value && {json: rules.json, reported: reportedWords(rules.json, inRules)};
  const {value, error} = loadRuleTests(yaml, file, {rules: loaded.value, readText, reported: view?.reported});
  const found = lintRuleTests(json, view, {...blueprints, destinations, readText}).map(place);
  return {problems: [...problemsIn(file, error), ...found], tests: value ?? []};
}
