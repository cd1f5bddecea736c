/** Lint: the Slack destinations that the workflows of a repository configure, for commands that preview the action. Pure. */
import type {RuleTest} from '../rule-tests/rule-tests.ts';
import {hasComputedDestinations, type Rules} from '../rules/rules.ts';
import type {Repository} from './read-repository.ts';
import {runsRules} from './workflow/checkout.ts';
import {destinationsOf} from './workflow/destinations.ts';
import {isPassive, readWorkflow} from './workflow/workflow.ts';

/**
 * The destinations of the step that runs the rules. Undefined if there is no such step, if several steps differ, or if some
 * names are known only at run time.
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
    .filter(step => !isPassive(step) && runsRules(step, rules.file));
  const [first, ...others] = steps.map(destinationsOf);
  if (first === undefined || first.names.length === 0) return undefined;
  const isOne = others.every(({names}) => isSameSet(names, first.names));
  return isOne && [first, ...others].every(({isComplete}) => isComplete) ? first.names : undefined;
}

/** A remark for the case that the configured Slack destinations are unknown. @param remedy the option or key that sets them */
export function destinationsUnchecked(remedy: string): string {
  return `Destination names were not checked: no workflow in this repository defines them. To check them, add ${remedy}.`;
}

/** A remark for tests whose destinations come from an expression, if the configured destinations are unknown. */
export function remarksOnDestinations(
  rules: Rules,
  tests: readonly RuleTest[],
  known: readonly string[] | undefined,
): string[] {
  const isUnchecked = known === undefined && tests.some(({destinations}) => destinations === undefined);
  return isUnchecked && hasComputedDestinations(rules)
    ? [destinationsUnchecked('`destinations: [a, b]` at the top of the tests')]
    : [];
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every(name => b.includes(name));
}
