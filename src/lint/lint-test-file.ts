/** Lint: a file of rule tests, against the rules that it is for: the same for the commands `lint` and `test`. */
import {parseRuleTests} from '../rule-tests/parse-rule-tests.ts';
import {collect} from './collect.ts';
import {doubtfulWords} from './doubtful-words.ts';
import type {Blueprints} from './lint-blueprints.ts';
import {lintRuleTests} from './lint-rule-tests.ts';
import type {RulesLook} from './look-at-rules.ts';
import type {Repository} from './read-repository.ts';
import {type FileProblem, openSource} from './source.ts';

/** Every mistake in the repository's rule tests. Never throws. */
export function lintTestFile(
  {ruleTests, readText}: Pick<Repository, 'ruleTests' | 'readText'>,
  {rules, loaded, found, destinations}: RulesLook,
  blueprints: Blueprints,
): FileProblem[] {
  if (ruleTests === undefined) return [];
  const {file, text} = ruleTests;
  const {json, place} = openSource(ruleTests);
  const view = loaded.value && {json: rules.json, doubtful: doubtfulWords(rules.json, found)};
  return [
    ...collect(file, () => parseRuleTests(text, file, loaded.value, readText, view?.doubtful)).problems,
    ...lintRuleTests(json, view, {...blueprints, destinations, readText}).map(place),
  ];
}
