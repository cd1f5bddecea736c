/** Lint: a repository's rules, rule tests, workflows and scripts, and Port's blueprints → every mistake in them. */

import {ACTION} from '../base/version.ts';
import type {Blueprints} from './catalog/lint-blueprints.ts';
import {calleesOf} from './flow/callees.ts';
import {lintTakers} from './flow/lint-hand-over.ts';
import {lintCalled, lintInjection} from './flow/lint-injection.ts';
import {flowsIn} from './flow/workflow-flow.ts';
import {lintProtected} from './lint-protected.ts';
import {type Repository, RULE_TESTS} from './read-repository.ts';
import {lintTestFile} from './rule-tests/lint-test-file.ts';
import {lintMemoryOff} from './rules/lint-memory.ts';
import {lintForRemediations} from './rules/lint-remediations.ts';
import {lookAtRules, reactingIn} from './rules/look-at-rules.ts';
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
import {isForRelay, mayBeOurs, openWorkflow, type Workflow} from './workflow/workflow.ts';

/** What is known beside the repository. */
export interface LintFacts {
  readonly blueprints: Blueprints;
  /** What the relay dispatches: REACTOR_EVENT_TYPE. */
  readonly eventType: string;
}

export interface LintResult {
  /** By file and line, each once. */
  readonly problems: readonly FileProblem[];
  /** What was not checked, in sentences. Not mistakes. */
  readonly notes: readonly string[];
}

/** Never throws, whatever is in the files. */
export function lint(repository: Repository, {blueprints, eventType}: LintFacts): LintResult {
  const look = lookAtRules(repository, blueprints);
  const {rules, workflows, loaded} = look;
  const refused = refusedByGitHub(repository.workflows, workflows, eventType);
  return {
    problems: inOrder([
      ...loaded.problems,
      ...look.found.map(rules.place),
      ...lintTestFile(repository, look, blueprints).problems,
      ...lintProtected(repository.protectedList, rules.json),
      ...workflows.flatMap(workflow => lintWorkflow(workflow, {rules, repository, eventType})),
      ...refused,
      ...besideUs(repository, workflows, eventType),
      ...unusedBy(repository.workflows, workflows, eventType),
    ]),
    notes: notesOn(repository, {isLoaded: loaded.value !== undefined, isUsed: workflows.length + refused.length > 0}),
  };
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

/** Workflows that start for the relay's events, but do not use the action, get text of the catalog too. */
function besideUs(repository: Repository, used: readonly Workflow[], eventType: string): FileProblem[] {
  const call = {find: calleesOf(repository), depth: 0};
  const ours = new Set(used.map(({source}) => source.file));
  const others = repository.workflows.filter(file => !ours.has(file.file) && isForRelay(file, eventType));
  return others.flatMap(file => {
    const workflow = openWorkflow(file, repository.ownAction);
    const flows = flowsIn(workflow, call);
    return [...lintInjection(workflow, flows).map(workflow.source.place), ...lintCalled(workflow, flows, call)];
  });
}

/** A workflow that starts for each change and does nothing with it. Not if it is a second one, beside one that reacts. */
function unusedBy(files: readonly SourceFile[], used: readonly Workflow[], eventType: string): FileProblem[] {
  if (used.length > 0) return [];
  const path = ['on', 'repository_dispatch', 'types'];
  return files.filter(file => isForRelay(file, eventType)).map(file => openSource(file).place({path, message: UNUSED}));
}

const UNUSED = `starts for the events of the relay, but no step of it is known as the action. Use ${ACTION}, or give a fork of another name the input slack-webhook-url.`;

interface Surroundings {
  readonly rules: Source;
  readonly repository: Repository;
  readonly eventType: string;
}

function lintWorkflow(workflow: Workflow, {rules, repository, eventType}: Surroundings): FileProblem[] {
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
        ...lintTakers(rules.json, {step, workflow, flows}),
        ...lintMemoryOff(rules.json, step),
      ]),
    ].map(source.place),
  ];
}

/** By file in the order of checking, then by place. Two workflows can give two different problems of the same line. */
function inOrder(problems: readonly FileProblem[]): FileProblem[] {
  const unique = [...new Map(problems.map(problem => [JSON.stringify(problem), problem])).values()];
  const files = [...new Set(unique.map(({file}) => file))];
  return unique.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}
