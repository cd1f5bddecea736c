/** Lint: the rules, rule tests, workflows and scripts of a repository, and Port's blueprints → all mistakes. */

import {ACTION} from '../base/version.ts';
import type {Blueprints} from './catalog/lint-blueprints.ts';
import {calleesOf} from './flow/callees.ts';
import {lintReceivers} from './flow/lint-hand-over.ts';
import {lintCalled, lintInjection} from './flow/lint-injection.ts';
import {flowsIn} from './flow/workflow-flow.ts';
import {lintProtected} from './lint-protected.ts';
import {type Repository, RULE_TESTS} from './read-repository.ts';
import {lintForRemediations} from './remediations/lint-remediations.ts';
import {lintTestFile} from './rule-tests/lint-test-file.ts';
import {lintAllRules, reactingIn} from './rules/lint-all-rules.ts';
import {lintMemoryOff} from './rules/lint-memory.ts';
import {type FileProblem, openSource, type Source, type SourceFile} from './source.ts';
import {githubProblems} from './workflow/github-parser.ts';
import {lintCommand} from './workflow/lint-command.ts';
import {lintConcurrency} from './workflow/lint-concurrency.ts';
import {lintJobs} from './workflow/lint-jobs.ts';
import {lintUnfilled} from './workflow/lint-literals.ts';
import {lintNames} from './workflow/lint-names.ts';
import {lintPermissions} from './workflow/lint-permissions.ts';
import {lintStep} from './workflow/lint-step.ts';
import {lintTriggers} from './workflow/lint-trigger.ts';
import {isForRelay, isPossiblyOurs, openWorkflow, type Workflow} from './workflow/workflow.ts';

/** Inputs besides the repository. */
export interface LintFacts {
  readonly blueprints: Blueprints;
  /** The event type of the relay: REACTOR_EVENT_TYPE. */
  readonly eventType: string;
}

export interface LintResult {
  /** Sorted by file and line, without duplicates. */
  readonly problems: readonly FileProblem[];
  /** Sentences about checks that were skipped. */
  readonly notes: readonly string[];
}

/** Lints a repository. Never throws. */
export function lint(repository: Repository, {blueprints, eventType}: LintFacts): LintResult {
  const result = lintAllRules(repository, blueprints);
  const {rules, workflows, loaded} = result;
  const refused = refusedByGitHub(repository.workflows, workflows, eventType);
  return {
    problems: inOrder([
      ...loaded.problems,
      ...result.found.map(rules.place),
      ...lintTestFile(repository, result, blueprints).problems,
      ...lintProtected(repository.protectedList, rules.json),
      ...workflows.flatMap(workflow => lintWorkflow(workflow, {rules, repository, eventType})),
      ...refused,
      ...lintOtherWorkflows(repository, workflows, eventType),
      ...unusedBy(repository.workflows, workflows, eventType),
    ]),
    notes: notesOn(repository, {isLoaded: loaded.value !== undefined, isUsed: workflows.length + refused.length > 0}),
  };
}

const NO_WORKFLOW =
  'No workflow in .github/workflows uses the action: destinations, variables and jobs were not checked.';
const NO_TESTS = `No rule tests: ${RULE_TESTS} does not exist (port-reactor test --help shows how to start).`;
const NOT_COMPARED = 'The rule tests were not compared with the rules, because the rules have mistakes.';

/** Reports skipped checks, because they would otherwise seem to have passed. */
function notesOn({ruleTests}: Repository, {isLoaded, isUsed}: {isLoaded: boolean; isUsed: boolean}): string[] {
  return [
    ...(isUsed ? [] : [NO_WORKFLOW]),
    ...(ruleTests === undefined ? [NO_TESTS] : []),
    ...(ruleTests === undefined || isLoaded ? [] : [NOT_COMPARED]),
  ];
}

/** Checks workflows that use the action, and workflows that possibly should, because a mistake can hide the step. */
function refusedByGitHub(
  files: readonly SourceFile[],
  workflows: readonly Workflow[],
  eventType: string,
): FileProblem[] {
  const read = new Map(workflows.map(({source}) => [source.file, source]));
  return files
    .filter(file =>
      read.has(file.file) ? read.get(file.file)?.mistakes.length === 0 : isPossiblyOurs(file, eventType),
    )
    .flatMap(githubProblems);
}

/** Checks workflows that run for the relay's events without using the action, because they also receive catalog text. */
function lintOtherWorkflows(repository: Repository, used: readonly Workflow[], eventType: string): FileProblem[] {
  const call = {find: calleesOf(repository), depth: 0};
  const ours = new Set(used.map(({source}) => source.file));
  const others = repository.workflows.filter(file => !ours.has(file.file) && isForRelay(file, eventType));
  return others.flatMap(file => {
    const workflow = openWorkflow(file, repository.ownAction);
    const flows = flowsIn(workflow, call);
    return [...lintInjection(workflow, flows).map(workflow.source.place), ...lintCalled(workflow, flows, call)];
  });
}

/** Reports a workflow that runs for each change without using the action, unless another workflow uses it. */
function unusedBy(files: readonly SourceFile[], used: readonly Workflow[], eventType: string): FileProblem[] {
  if (used.length > 0) return [];
  const path = ['on', 'repository_dispatch', 'types'];
  return files.filter(file => isForRelay(file, eventType)).map(file => openSource(file).place({path, message: UNUSED}));
}

const UNUSED = `starts for the events of the relay, but no step uses the action. Use ${ACTION}. For a fork with another name, add the input slack-webhook-url.`;

interface LintContext {
  readonly rules: Source;
  readonly repository: Repository;
  readonly eventType: string;
}

function lintWorkflow(workflow: Workflow, {rules, repository, eventType}: LintContext): FileProblem[] {
  const {source, steps} = workflow;
  const call = {find: calleesOf(repository), depth: 0};
  const flows = flowsIn(workflow, call);
  return [
    ...source.mistakes,
    ...lintCalled(workflow, flows, call),
    ...[
      ...lintTriggers(workflow, eventType),
      ...lintCommand(workflow),
      ...lintConcurrency(workflow),
      ...lintPermissions(workflow),
      ...lintNames(workflow, eventType),
      ...lintUnfilled(workflow),
      ...lintJobs(workflow, flows),
      ...lintInjection(workflow, flows),
      ...steps.flatMap(step => lintStep(step, repository.fileExists)),
      ...reactingIn(workflow, rules).flatMap(step => [
        ...lintForRemediations(rules.json, step),
        ...lintReceivers(rules.json, {step, workflow, flows}),
        ...lintMemoryOff(rules.json, step),
      ]),
    ].map(source.place),
  ];
}

/** Sorted by file in the order of checking, then by position. Two workflows can report different problems in the same line. */
function inOrder(problems: readonly FileProblem[]): FileProblem[] {
  const unique = [...new Map(problems.map(problem => [JSON.stringify(problem), problem])).values()];
  const files = [...new Set(unique.map(({file}) => file))];
  return unique.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}
