/** Lint: the Slack destinations that the workflows of a repository configure, for those who foresee what the action does. Pure. */
import {destinationsOf} from './destinations.ts';
import type {Repository} from './read-repository.ts';
import {isRehearsal, readWorkflow, runsRules} from './workflow.ts';

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

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every(name => b.includes(name));
}
