/** Lint: the Slack destinations that the workflows of a repository configure, for those who foresee what the action does. Pure. */
import type {RuleTest} from '../rule-tests/rule-tests.ts';
import {looksUpDestinations, type Rules} from '../rules/rules.ts';
import type {Repository} from './read-repository.ts';
import {runsRules} from './workflow/checkout.ts';
import {destinationsOf} from './workflow/destinations.ts';
import {isRehearsal, readWorkflow} from './workflow/workflow.ts';

/**
 * The names that a step of the action has when it runs the rules; undefined where no step does, where several do and differ,
 * and where only GitHub knows all of them.
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

/** What to say where nobody knows which Slack destinations are configured. @param remedy what names them */
export function takenAsTheyCome(remedy: string): string {
  return `Destinations are taken as they come: no workflow here names them; ${remedy} does.`;
}

/** What to say of tests whose messages go where an expression says, and nobody knows whether that is configured. */
export function remarksOnDestinations(
  rules: Rules,
  tests: readonly RuleTest[],
  known: readonly string[] | undefined,
): string[] {
  const isGuess = known === undefined && tests.some(({destinations}) => destinations === undefined);
  return isGuess && looksUpDestinations(rules)
    ? [takenAsTheyCome('`destinations: [a, b]` at the top of the tests')]
    : [];
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every(name => b.includes(name));
}
