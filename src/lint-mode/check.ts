/** Lint: a repository and the base of its pull request → mistakes, failed rule tests, and differences. Pure. */
import {ConfigError, messageOf} from '../base/errors.ts';
import {knownDestinations, remarksOnDestinations} from '../lint/known-destinations.ts';
import {lint} from '../lint/lint.ts';
import type {Repository} from '../lint/read-repository.ts';
import {type FileProblem, openSource, type SourceFile} from '../lint/source.ts';
import {describeMismatch} from '../rule-tests/describe-mismatch.ts';
import {parseRuleTests, type ReadText} from '../rule-tests/parse-rule-tests.ts';
import type {RuleTest} from '../rule-tests/rule-tests.ts';
import {type RuleTestResult, runRuleTests} from '../rule-tests/run-rule-tests.ts';
import {loadRules} from '../rules/parse-rules.ts';
import {type ComparedSide, compareSides, type SideComparison} from './compare.ts';
import type {KnownBlueprints} from './known-blueprints.ts';
import type {Base, NoBase} from './read-base.ts';

export interface LintModeResult {
  readonly problems: readonly FileProblem[];
  readonly failed: readonly FailedTest[];
  readonly passed: number;
  /** The differences between the base and the repository. Absent if there is no base. */
  readonly comparison?: SideComparison & {readonly baseSha: string};
  /** Which checks were skipped, and why. */
  readonly remarks: readonly string[];
}

/** A failed rule test, with the position of its name. */
export interface FailedTest extends Omit<FileProblem, 'message'> {
  readonly name: string;
  /** All differences. */
  readonly mismatches: readonly MismatchLine[];
}

export interface MismatchLine {
  /** "change 2 of 3", or "all 3 changes". Absent if there is only one. */
  readonly of?: string;
  readonly subject: string;
  readonly expected: string;
  readonly actual: string;
}

/** Inputs besides the repository. */
interface CheckFacts {
  readonly known: KnownBlueprints;
  /** The event type of the relay's dispatches. */
  readonly eventType: string;
}

/** Checks a repository. Never throws. */
export function check(repository: Repository, base: Base | NoBase, {known, eventType}: CheckFacts): LintModeResult {
  const {blueprints, failure} = known;
  const linted = lint(repository, {blueprints, eventType});
  const problems = [...linted.problems, ...known.problems];
  const head = load(repository.rules, repository.ruleTests, repository.readText);
  const destinations = knownDestinations(repository);
  const results = head.rules === undefined ? [] : runRuleTests(head.rules, head.tests ?? [], destinations);
  const {comparison, remarks} = compareWith(base, head, destinations);
  return {
    problems,
    failed: failedTests(results, head.tests ?? [], repository.ruleTests?.file ?? ''),
    passed: results.filter(({passed}) => passed).length,
    ...(comparison === undefined ? {} : {comparison}),
    remarks: [
      ...linted.notes,
      ...untested(repository, head),
      ...uncheckedDestinations(head, destinations),
      ...unknownBlueprints(known, failure),
      ...remarks,
    ],
  };
}

interface Loaded extends ComparedSide {
  /** Why some or all of the files cannot be used. */
  readonly failures: readonly string[];
}

function load(rules: SourceFile | undefined, ruleTests: SourceFile | undefined, readText: ReadText): Loaded {
  const failures: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      failures.push(firstOf(error));
      return undefined;
    }
  };
  const loaded = rules && loadRules(rules.text, rules.file);
  if (loaded?.error !== undefined) failures.push(firstOf(loaded.error));
  return {
    written: rules && openSource(rules).json,
    rules: loaded?.value,
    tests: ruleTests
      ? attempt((): RuleTest[] => parseRuleTests(ruleTests.text, ruleTests.file, {rules: undefined, readText}))
      : [],
    failures,
  };
}

/** The first mistake. All mistakes of the head are reported elsewhere. Those of the base are not. */
function firstOf({problems: [first], file, message}: ConfigError): string {
  return first === undefined ? messageOf(new Error(message)) : `${file}:${first.line ?? 1}: ${first.message}`;
}

function untested({ruleTests}: Repository, {rules, tests}: ComparedSide): string[] {
  if (ruleTests === undefined) return [];
  if (rules === undefined) return ['The rule tests were not run: the rules cannot be loaded.'];
  return tests === undefined ? ['The rule tests were not run: they cannot be loaded.'] : [];
}

function uncheckedDestinations(
  {rules, tests = []}: ComparedSide,
  destinations: readonly string[] | undefined,
): string[] {
  return rules === undefined ? [] : remarksOnDestinations(rules, tests, destinations);
}

function unknownBlueprints({blueprints}: KnownBlueprints, failure: string | undefined): string[] {
  if (failure !== undefined) return [`The blueprints could not be read from Port: ${failure}`];
  if (blueprints.known.size > 0) return [];
  return [
    "Not compared with Port's blueprints. Run `port-reactor lint --fetch` once and commit .github/blueprints, or set port-client-id and port-client-secret for the step.",
  ];
}

function failedTests(results: readonly RuleTestResult[], tests: readonly RuleTest[], file: string): FailedTest[] {
  return results.flatMap(({name, passed, runs}, index): FailedTest[] => {
    if (passed) return [];
    const {line = 1, column = 1} = tests[index] ?? {};
    const mismatches = runs.flatMap(({of, mismatches: own}) =>
      own.map(mismatch => ({...(of === undefined ? {} : {of}), ...describeMismatch(mismatch)})),
    );
    return [{file, line, column, name, mismatches}];
  });
}

function compareWith(
  base: Base | NoBase,
  head: Loaded,
  destinations: readonly string[] | undefined,
): Pick<LintModeResult, 'comparison' | 'remarks'> {
  if ('reason' in base) return {remarks: [base.reason]};
  const at = `The base, ${base.sha.slice(0, 7)},`;
  const before = load(base.rules, base.ruleTests, base.readText);
  if (head.rules === undefined) return {remarks: ['Not compared with the base: the rules cannot be loaded.']};
  return {
    comparison: {...compareSides(before, head, destinations), baseSha: base.sha},
    remarks: [
      ...(base.rules === undefined ? [`${at} does not have this rules file. It is new.`] : []),
      ...(base.ruleTests === undefined ? [`${at} has no rule tests.`] : []),
      ...before.failures.map(why => `${at} could not be compared completely: ${why}`),
    ],
  };
}
