/** Lint: a repository's rules, rule tests, workflows and scripts, and Port's blueprints → every mistake in them. */
import {ConfigError} from '../errors.ts';
import {parseRuleTests} from '../rule-tests/parse-rule-tests.ts';
import {parseRules} from '../rules/parse-rules.ts';
import type {Rules} from '../rules/rules.ts';
import {type Blueprints, lintBlueprints} from './lint-blueprints.ts';
import {lintConcurrency} from './lint-concurrency.ts';
import {lintDestinations} from './lint-destinations.ts';
import {lintJobs} from './lint-jobs.ts';
import {lintPermissions} from './lint-permissions.ts';
import {lintForRemediations, lintRemediations} from './lint-remediations.ts';
import {lintRoutes} from './lint-routes.ts';
import {lintRuleTests} from './lint-rule-tests.ts';
import {lintRules} from './lint-rules.ts';
import {lintScripts} from './lint-scripts.ts';
import {lintStep} from './lint-step.ts';
import {lintTriggers} from './lint-trigger.ts';
import type {Repository} from './read-repository.ts';
import {type FileProblem, openSource, type Source} from './source.ts';
import {isRehearsal, readWorkflow, runsRules, type Workflow} from './workflow.ts';

/** What is known beside the repository. */
export interface LintFacts {
  readonly blueprints: Blueprints;
  /** What the relay dispatches: REACTOR_EVENT_TYPE. */
  readonly eventType: string;
}

/** By file and line, each once. Never throws, whatever is in the files. */
export function lint(repository: Repository, {blueprints, eventType}: LintFacts): FileProblem[] {
  const rules = openSource(repository.rules);
  const loaded = collect(rules.file, () => parseRules(rules.text, rules.file));
  const workflows = repository.workflows.flatMap(file => readWorkflow(file, repository.ownAction) ?? []);
  return inOrder([
    ...loaded.problems,
    ...[lintRules, lintRoutes].flatMap(check => check(rules.json)).map(rules.place),
    ...lintScripts(rules.json, repository.scriptMistake).map(rules.place),
    ...lintBlueprints(rules.json, blueprints).map(rules.place),
    ...checkRuleTests(repository, rules.json, loaded.value, blueprints),
    ...workflows.flatMap(workflow => lintWorkflow(workflow, rules, repository, eventType)),
  ]);
}

function checkRuleTests(
  {ruleTests, readText}: Repository,
  rules: unknown,
  loaded: Rules | undefined,
  blueprints: Blueprints,
): readonly FileProblem[] {
  if (ruleTests === undefined) return [];
  const {file, text} = ruleTests;
  const {json, place} = openSource(ruleTests);
  return [
    ...collect(file, () => parseRuleTests(text, file, loaded, readText)).problems,
    ...lintRuleTests(json, rules, blueprints).map(place),
  ];
}

function lintWorkflow(workflow: Workflow, rules: Source, repository: Repository, eventType: string): FileProblem[] {
  const {source, steps} = workflow;
  const reacting = steps.filter(step => !isRehearsal(step) && runsRules(step, rules.file));
  return [
    ...source.mistakes,
    ...[
      ...lintTriggers(workflow, eventType),
      ...lintConcurrency(workflow),
      ...lintPermissions(workflow),
      ...lintJobs(workflow),
      ...steps.flatMap(step => lintStep(step, workflow, repository.fileExists)),
      ...reacting.flatMap(step => lintForRemediations(rules.json, step)),
    ].map(source.place),
    ...[lintDestinations, lintRemediations]
      .flatMap(check => reacting.flatMap(step => check(rules.json, step, workflow)))
      .map(rules.place),
  ];
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
