/** Lint: the Slack destinations that the workflows of a repository configure, for commands that preview what the action does. Pure. */
import type {RuleTest} from '../rule-tests/rule-tests.ts';
import {hasComputedDestinations, type Rules} from '../rules/rules.ts';
import type {Repository} from './read-repository.ts';
import {runsRules} from './workflow/checkout.ts';
import {destinationsOf} from './workflow/destinations.ts';
import {isRehearsal, readWorkflow} from './workflow/workflow.ts';

/**
 * The names that a step of the action has when it runs the rules. Undefined if no step does, if several do and
 * differ, and if only GitHub knows all of them.
 */
export function knownDestinations({
  rules,
  workflows,
  ownAction,
}: Pick<Repository, 'rules' | 'workflows' | 'ownAction'>): readonly string[] | undefined {
  const read = workflows.flatMap(file => readWorkflow(file, ownAction) ?? []);
  if (read.some(({source}) => source.mistakes.length > 0)) return undefined;
  const steps = read
    .flatMap(workflow => workflow.steps)
    .filter(step => !isRehearsal(step) && runsRules(step, rules.file));
  const [first, ...others] = steps.map(destinationsOf);
  if (first === undefined || first.names.length === 0) return undefined;
  const isOne = others.every(({names}) => isSameSet(names, first.names));
  return isOne && [first, ...others].every(({isComplete}) => isComplete) ? first.names : undefined;
}

/** The remark if it is not known which Slack destinations are configured. @param remedy what names them */
export function destinationsUnchecked(remedy: string): string {
  return `Destination names were not checked: no workflow in this repository names them. To check them, add ${remedy}.`;
}

/** The remark on tests whose destinations come from an expression, if it is not known which are configured. */
export function remarksOnDestinations(
  rules: Rules,
  tests: readonly RuleTest[],
  known: readonly string[] | undefined,
): string[] {
  const isGuess = known === undefined && tests.some(({destinations}) => destinations === undefined);
  return isGuess && hasComputedDestinations(rules)
    ? [destinationsUnchecked('`destinations: [a, b]` at the top of the tests')]
    : [];
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every(name => b.includes(name));
}
