/** Lint: a repository's rules, rule tests, workflows and scripts, and Port's blueprints → every mistake in them. */
import {ConfigError} from '../errors.ts';
import {parseRuleTests} from '../rule-tests/parse-rule-tests.ts';
import type {FoundProblem} from '../rules/check-rules.ts';
import {parseRules} from '../rules/parse-rules.ts';
import type {Rules} from '../rules/rules.ts';
import {allDestinations} from './destinations.ts';
import {doubtfulWords} from './doubtful-words.ts';
import {githubProblems} from './github-parser.ts';
import {type Blueprints, lintBlueprints} from './lint-blueprints.ts';
import {lintConcurrency} from './lint-concurrency.ts';
import {lintDestinations} from './lint-destinations.ts';
import {lintHandOver, lintTakers} from './lint-hand-over.ts';
import {lintInhibit} from './lint-inhibit.ts';
import {lintInjection} from './lint-injection.ts';
import {lintJobs} from './lint-jobs.ts';
import {lintNames} from './lint-names.ts';
import {lintNever} from './lint-never.ts';
import {lintPermissions} from './lint-permissions.ts';
import {lintForRemediations, lintPass} from './lint-remediations.ts';
import {lintRoutes} from './lint-routes.ts';
import {lintRuleTests, type RulesView} from './lint-rule-tests.ts';
import {lintRules} from './lint-rules.ts';
import {lintScripts} from './lint-scripts.ts';
import {lintStep} from './lint-step.ts';
import {lintTexts} from './lint-texts.ts';
import {lintTriggers} from './lint-trigger.ts';
import {type Repository, RULE_TESTS} from './read-repository.ts';
import {type FileProblem, openSource, type Source, type SourceFile} from './source.ts';
import {isRehearsal, mayBeOurs, type ReactStep, readWorkflow, runsRules, type Workflow} from './workflow.ts';
import {flowsIn} from './workflow-flow.ts';

/** What is known beside the repository. */
export interface LintFacts {
  readonly blueprints: Blueprints;
  /** What the relay dispatches: REACTOR_EVENT_TYPE. */
  readonly eventType: string;
}

export interface LintResult {
  /** By file and line, each once. */
  readonly problems: readonly FileProblem[];
  /** What was not looked at, in sentences: no mistakes. */
  readonly notes: readonly string[];
}

/** Never throws, whatever is in the files. */
export function lint(repository: Repository, {blueprints, eventType}: LintFacts): LintResult {
  const rules = openSource(repository.rules);
  const loaded = collect(rules.file, () => parseRules(rules.text, rules.file));
  const workflows = repository.workflows.flatMap(file => readWorkflow(file, repository.ownAction) ?? []);
  const refused = refusedByGitHub(repository.workflows, workflows, eventType);
  const destinations = allDestinations(workflows.flatMap(workflow => reactingIn(workflow, rules)));
  const never = lintNever(rules.json, blueprints);
  const places = new Set(never.map(placeKey));
  const others = [
    ...[lintRules, lintTexts, lintRoutes, lintInhibit].flatMap(check => check(rules.json)),
    ...lintScripts(rules.json, repository.scriptMistake),
    ...lintBlueprints(rules.json, blueprints),
    ...workflows.flatMap(workflow => lintForWorkflow(rules, workflow)),
  ];
  // What can't be a name at all is not compared with the names that there are.
  const inRules = [...never, ...others.filter(problem => !places.has(placeKey(problem)))];
  const view = loaded.value && {rules: loaded.value, json: rules.json, doubtful: doubtfulWords(rules.json, inRules)};
  return {
    problems: inOrder([
      ...loaded.problems,
      ...inRules.map(rules.place),
      ...checkRuleTests(repository, view, blueprints, destinations),
      ...workflows.flatMap(workflow => lintWorkflow(workflow, rules, repository, eventType)),
      ...refused,
    ]),
    notes: notesOn(repository, {isLoaded: loaded.value !== undefined, isUsed: workflows.length + refused.length > 0}),
  };
}

function placeKey({path, part}: FoundProblem): string {
  return JSON.stringify([path, part]);
}

const NO_WORKFLOW =
  'No workflow in .github/workflows uses the action: destinations, variables and jobs were not looked at.';
const NO_TESTS = `No rule tests: ${RULE_TESTS} is not there (port-reactor test --help shows how to begin).`;
const NOT_COMPARED = 'The rule tests were not compared with the rules, which have mistakes.';

/** Silence about what is missing would read as if it were right. */
function notesOn({ruleTests}: Repository, {isLoaded, isUsed}: {isLoaded: boolean; isUsed: boolean}): string[] {
  return [
    ...(isUsed ? [] : [NO_WORKFLOW]),
    ...(ruleTests === undefined ? [NO_TESTS] : []),
    ...(ruleTests === undefined || isLoaded ? [] : [NOT_COMPARED]),
  ];
}

/** Of workflows that use the action, and of those that may be meant to: the mistake may be what hides the step. */
function refusedByGitHub(
  files: readonly SourceFile[],
  workflows: readonly Workflow[],
  eventType: string,
): FileProblem[] {
  const read = new Map(workflows.map(({source}) => [source.file, source]));
  return files
    .filter(file => (read.has(file.file) ? read.get(file.file)?.mistakes.length === 0 : mayBeOurs(file, eventType)))
    .flatMap(githubProblems);
}

/** @param view absent if the rules did not load */
function checkRuleTests(
  {ruleTests, readText}: Repository,
  view: (RulesView & {readonly rules: Rules}) | undefined,
  blueprints: Blueprints,
  destinations: readonly string[] | undefined,
): readonly FileProblem[] {
  if (ruleTests === undefined) return [];
  const {file, text} = ruleTests;
  const {json, place} = openSource(ruleTests);
  return [
    ...collect(file, () => parseRuleTests(text, file, view?.rules, readText, view?.doubtful)).problems,
    ...lintRuleTests(json, view, blueprints, destinations).map(place),
  ];
}

/** What is wrong in the rules, given a workflow that runs them. */
function lintForWorkflow(rules: Source, workflow: Workflow): FoundProblem[] {
  const reacting = reactingIn(workflow, rules);
  const flows = flowsIn(workflow);
  return [lintDestinations, lintPass, lintHandOver].flatMap(check =>
    reacting.flatMap(step => check(rules.json, step, workflow, flows)),
  );
}

function lintWorkflow(workflow: Workflow, rules: Source, repository: Repository, eventType: string): FileProblem[] {
  const {source, steps} = workflow;
  const flows = flowsIn(workflow);
  return [
    ...source.mistakes,
    ...[
      ...lintTriggers(workflow, eventType),
      ...lintConcurrency(workflow),
      ...lintPermissions(workflow),
      ...lintNames(workflow, eventType),
      ...lintJobs(workflow, flows),
      ...lintInjection(workflow, flows),
      ...steps.flatMap(step => lintStep(step, repository.fileExists)),
      ...reactingIn(workflow, rules).flatMap(step => [
        ...lintForRemediations(rules.json, step),
        ...lintTakers(rules.json, step, workflow, flows),
      ]),
    ].map(source.place),
  ];
}

/** The steps that run these rules, and act. */
function reactingIn({steps}: Workflow, rules: Source): ReactStep[] {
  return steps.filter(step => !isRehearsal(step) && runsRules(step, rules.file));
}

/** What parsing gives, or the mistakes that it tells of. */
function collect<T>(file: string, parse: () => T): {value: T | undefined; problems: FileProblem[]} {
  try {
    return {value: parse(), problems: []};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(({message, line = 1, column = 1}) => ({file, line, column, message}));
    return {value: undefined, problems};
  }
}

/** By file as they are met, then by place; what two workflows say of the same line is told twice, as it differs. */
function inOrder(problems: readonly FileProblem[]): FileProblem[] {
  const unique = [...new Map(problems.map(problem => [JSON.stringify(problem), problem])).values()];
  const files = [...new Set(unique.map(({file}) => file))];
  return unique.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}
