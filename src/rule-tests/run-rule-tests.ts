/** Runs rule tests: rules × tests → results, with the stages of the action itself. Pure. Results are comparable JSON. */
import {lazy} from '../base/lazy.ts';
import type {Decision} from '../decide/evaluate.ts';
import type {Rules} from '../rules/rules.ts';
import {type Actual, joined} from './actual.ts';
import {type Explanations, type Mismatch, mismatchesIn} from './compare.ts';
import type {RuleTest} from './rule-tests.ts';
import {runAtOnce, runSteps, type StepRun} from './run-steps.ts';

export interface RuleTestResult {
  readonly name: string;
  /** The line of its name. */
  readonly line: number;
  readonly passed: boolean;
  /** One result for each expectation. */
  readonly runs: readonly RunResult[];
}

export interface RunResult {
  /** "change 2 of 3", "step 2 of 3, at 16 min", "all 3 changes". Absent if there is only one. */
  readonly of?: string;
  readonly actual: Actual;
  /** Empty if the test passed. */
  readonly mismatches: readonly Mismatch[];
}

/** @param known the names of the configured Slack destinations. Names in a test take precedence */
export function runRuleTests(
  rules: Rules,
  tests: readonly RuleTest[],
  known?: readonly string[] | undefined,
): RuleTestResult[] {
  return tests.map(test => {
    const runs = runTest(rules, test, test.destinations ?? known);
    return {name: test.name, line: test.line, passed: runs.every(({mismatches}) => mismatches.length === 0), runs};
  });
}

/** Runs each step that has an expectation, then all steps together. */
function runTest(rules: Rules, test: RuleTest, known: readonly string[] | undefined): RunResult[] {
  const {steps, expect, needsSeveralRuns} = test;
  const runsSteps = needsSeveralRuns || steps.some(step => step.expect !== undefined);
  const runs = runsSteps ? runSteps(rules, steps, known) : [];
  const single = runs.flatMap((run, index) => {
    const {step, acknowledgedNothing: rule} = run;
    if (step.expect === undefined && rule === undefined) return [];
    const found = mismatchesIn(step.expect ?? {}, run.actual, explanationsOf(rules, [run]));
    const mismatches = rule === undefined ? found : [{kind: 'acknowledgement', rule} as const, ...found];
    return [{...labeled(ofStep(test, index, run)), actual: run.actual, mismatches}];
  });
  if (expect === undefined) return single;
  const whole = needsSeveralRuns ? runs : [runAtOnce(rules, steps, known)];
  const names = rules.rules.map(({name}) => name);
  const actual = joined(
    whole.map(one => one.actual),
    names,
  );
  return [
    ...single,
    {...labeled(ofAll(test)), actual, mismatches: mismatchesIn(expect, actual, explanationsOf(rules, whole))},
  ];
}

function explanationsOf(rules: Rules, runs: readonly Pick<StepRun, 'preview'>[]): Explanations {
  const previews = runs.flatMap(run => run.preview ?? []);
  return {
    rules,
    mayBeUndecided: previews.some(({decided}) => decided.some(isUndecided)),
    decisions: lazy(() => previews.flatMap(({decisions}) => decisions)),
    plans: previews.map(({plan}) => plan),
  };
}

function isUndecided({watching}: Decision): boolean {
  return watching.some(({undecided, ends}) => undecided || ends === 'undecided');
}

function labeled(of: string | undefined): {of?: string} {
  return of === undefined ? {} : {of};
}

function ofStep({steps, needsSeveralRuns}: RuleTest, index: number, {at}: StepRun): string | undefined {
  if (steps.length === 1) return undefined;
  return needsSeveralRuns ? `step ${index + 1} of ${steps.length}, at ${at}` : `change ${index + 1} of ${steps.length}`;
}

function ofAll({steps, needsSeveralRuns}: RuleTest): string | undefined {
  return steps.length === 1 ? undefined : `all ${steps.length} ${needsSeveralRuns ? 'steps' : 'changes'}`;
}
