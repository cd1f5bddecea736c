/** Lint: checks the rules of a repository alone and together with the workflows that run them. */

import {loadOpenRules} from '../../rules/load-rules.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import type {Rules} from '../../rules/rules.ts';
import {type Blueprints, lintBlueprints} from '../catalog/lint-blueprints.ts';
import {type Collected, problemsIn} from '../collect.ts';
import {lintHandOver, lintHandOverByClock} from '../flow/lint-hand-over.ts';
import {flowsIn} from '../flow/workflow-flow.ts';
import type {Repository} from '../read-repository.ts';
import {lintPass} from '../remediations/lint-remediations.ts';
import {lintScripts} from '../remediations/lint-scripts.ts';
import {lintDestinations} from '../routes/lint-destinations.ts';
import {lintRoutes} from '../routes/lint-routes.ts';
import {lintUnrouted} from '../routes/lint-unrouted.ts';
import {openSource, type Source} from '../source.ts';
import {pathInRepository, runsRules} from '../workflow/checkout.ts';
import {allDestinations} from '../workflow/destinations.ts';
import {lintLiterals} from '../workflow/lint-literals.ts';
import {actsByClock, isPassive, type ReactStep, readWorkflow, type Workflow} from '../workflow/workflow.ts';
import {lintImpossible} from './lint-impossible.ts';
import {lintInhibit} from './lint-inhibit.ts';
import {lintClock} from './lint-memory.ts';
import {lintRules} from './lint-rules.ts';
import {lintTexts} from './lint-texts.ts';

export interface RulesResult {
  readonly rules: Source;
  readonly loaded: Collected<Rules>;
  /** The workflows that use the action. */
  readonly workflows: readonly Workflow[];
  /** The Slack destinations of the workflows that run the rules. Undefined if unknown. */
  readonly destinations: readonly string[] | undefined;
  /** Problems that the loader does not report. */
  readonly found: readonly FoundProblem[];
}

/** Runs all checks of the rules. Never throws. */
export function lintAllRules(repository: Repository, blueprints: Blueprints): RulesResult {
  const rules = openSource(repository.rules);
  const workflows = repository.workflows.flatMap(file => readWorkflow(file, repository.ownAction) ?? []);
  const reacting = workflows.flatMap(workflow => reactingIn(workflow, rules));
  const {value, error} = loadOpenRules(rules.yaml, rules.file);
  const loaded = {value: error === undefined ? value : undefined, problems: problemsIn(rules.file, error)};
  const destinations = allDestinations(reacting);
  const never = lintImpossible(rules.json, blueprints);
  const places = new Set(never.map(placeKey));
  const others = [
    ...[lintRules, lintTexts, lintLiterals, lintRoutes, lintInhibit].flatMap(check => check(rules.json)),
    ...lintScripts(rules.json, run => scriptMistakeIn(run, reacting, repository)),
    ...lintBlueprints(rules.json, blueprints),
    ...(loaded.value === undefined ? [] : lintUnrouted(loaded.value, blueprints, destinations)),
    ...workflows.flatMap(workflow => lintForWorkflow(rules, workflow)),
    ...lintClock(
      rules.json,
      reacting,
      workflows.flatMap(({steps}) => steps),
    ),
  ];
  return {
    rules,
    loaded,
    workflows,
    destinations,
    // A text that is not a valid name is not compared with known names.
    found: [...never, ...others.filter(problem => !places.has(placeKey(problem)))],
  };
}

function placeKey({path, part}: FoundProblem): string {
  return JSON.stringify([path, part]);
}

/** Script paths are relative to the workspace. A checkout can put the repository in a subfolder. */
function scriptMistakeIn(run: string, [step]: readonly ReactStep[], {scriptMistake}: Repository): string | undefined {
  const path = step === undefined ? run : pathInRepository(step, run);
  return path === undefined ? undefined : scriptMistake(path);
}

/** Problems in the rules, for a workflow that runs them. */
function lintForWorkflow(rules: Source, workflow: Workflow): FoundProblem[] {
  const reacting = reactingIn(workflow, rules);
  const flows = flowsIn(workflow);
  const byClock = workflow.steps.filter(step => actsByClock(step) && runsRules(step, rules.file));
  return [
    ...[...reacting, ...byClock].flatMap(step => [
      ...lintDestinations(rules.json, step, workflow),
      ...lintPass(rules.json, step, workflow),
    ]),
    ...reacting.flatMap(step => lintHandOver(rules.json, {step, workflow, flows})),
    ...byClock.flatMap(step => lintHandOverByClock(rules.json, {step, workflow, flows})),
  ];
}

/** The steps that run these rules without a dry run. */
export function reactingIn({steps}: Workflow, rules: Source): ReactStep[] {
  return steps.filter(step => !isPassive(step) && runsRules(step, rules.file));
}
