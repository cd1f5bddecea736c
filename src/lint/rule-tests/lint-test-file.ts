/** Lint: a file of rule tests, against the rules that it is for: the same for the commands `lint` and `test`. */
import {loadRuleTests} from '../../rule-tests/parse-rule-tests.ts';
import type {RuleTest} from '../../rule-tests/rule-tests.ts';
import type {Blueprints} from '../catalog/lint-blueprints.ts';
import {problemsIn} from '../collect.ts';
import type {Repository} from '../read-repository.ts';
import type {RulesLook} from '../rules/look-at-rules.ts';
import {type FileProblem, openSource} from '../source.ts';
import {doubtfulWords} from './doubtful-words.ts';
import {lintRuleTests} from './lint-rule-tests.ts';

export interface TestFileLook {
  readonly problems: readonly FileProblem[];
  /** The tests that can be run. */
  readonly tests: readonly RuleTest[];
}

/** Every mistake in the repository's rule tests. Never throws. */
export function lintTestFile(
  {ruleTests, readText}: Pick<Repository, 'ruleTests' | 'readText'>,
  {rules, loaded, found: inRules, destinations}: RulesLook,
  blueprints: Blueprints,
): TestFileLook {
  if (ruleTests === undefined) return {problems: [], tests: []};
  const {file} = ruleTests;
  const {json, yaml, place} = openSource(ruleTests);
  const view = loaded.value && {json: rules.json, doubtful: doubtfulWords(rules.json, inRules)};
  const {value, error} = loadRuleTests(yaml, file, {rules: loaded.value, readText, doubtful: view?.doubtful});
  const found = lintRuleTests(json, view, {...blueprints, destinations, readText}).map(place);
  return {problems: [...problemsIn(file, error), ...found], tests: value ?? []};
}
