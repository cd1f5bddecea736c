/** Runs rule tests: rules × tests → results, by the stages of the action itself. Pure; results are JSON, to be compared. */
import {foresee} from '../act/preview.ts';
import type {Rules} from '../rules/rules.ts';
import {type Actual, actualOf} from './actual.ts';
import {compare, type Mismatch} from './compare.ts';
import type {Expectation, RuleTest, Step} from './rule-tests.ts';

export interface RuleTestResult {
  readonly name: string;
  /** Where its name is written. */
  readonly line: number;
  readonly passed: boolean;
  /** One for each expectation. */
  readonly runs: readonly RunResult[];
}

export interface RunResult {
  /** "change 2 of 3", or "all 3 changes"; absent where there is one only. */
  readonly of?: string;
  readonly actual: Actual;
  /** None where all is as expected. */
  readonly mismatches: readonly Mismatch[];
}

/** Addresses that are the same on every machine. */
const ADDRESSES = {runUrl: 'https://github.com/OWNER/REPOSITORY/actions/runs/1', appUrl: 'https://app.port.io'};

/** @param known the names of the Slack destinations that are configured; tests that name them themselves know better */
export function runRuleTests(
  rules: Rules,
  tests: readonly RuleTest[],
  known?: readonly string[] | undefined,
): RuleTestResult[] {
  return tests.map(test => {
    const runs = runsOf(test).map(run => runOne(rules, run, test.destinations ?? known));
    return {name: test.name, line: test.line, passed: runs.every(({mismatches}) => mismatches.length === 0), runs};
  });
}

interface Run extends Pick<Step, 'changes'> {
  readonly of?: string;
  readonly expect: Expectation;
  readonly now?: string;
}

/** Each change that something is expected of, by itself, then all of them at once. */
function runsOf({steps, expect, now}: RuleTest): Run[] {
  const at = now === undefined ? {} : {now};
  const several = steps.length > 1;
  const single = steps.flatMap(({changes, expect: own}, index): Run[] => {
    if (own === undefined) return [];
    return [{changes, expect: own, ...at, ...(several ? {of: `change ${index + 1} of ${steps.length}`} : {})}];
  });
  if (expect === undefined) return single;
  const changes = steps.flatMap(step => step.changes);
  return [...single, {changes, expect, ...at, ...(several ? {of: `all ${steps.length} changes`} : {})}];
}

function runOne(
  rules: Rules,
  {changes, expect, of, now = changes.at(-1)?.at}: Run,
  known: readonly string[] | undefined,
): RunResult {
  const facts = {
    ...(now === undefined ? {} : {nowMs: Date.parse(now)}),
    ...(known === undefined ? {} : {known}),
  };
  const foreseen = foresee(rules, changes, facts, ADDRESSES);
  const actual = actualOf(foreseen);
  const mismatches = compare(expect, actual, {rules, decisions: foreseen.decisions, plan: foreseen.plan});
  return {...(of === undefined ? {} : {of}), actual, mismatches};
}
