/** Lint: whether the memory is in a public repository. Pure. */
import {isObject} from '../base/json.ts';
import type {Repository} from '../lint/read-repository.ts';
import {reactingIn} from '../lint/rules/lint-all-rules.ts';
import {openSource} from '../lint/source.ts';
import {hasInput, isMemoryOff, readWorkflow} from '../lint/workflow/workflow.ts';

const PUBLIC =
  'This repository is public, so the incident memory on its branches port-reactor/memory-* is public too: names, titles and values of entities. To keep them private, set `memory-repository` and `memory-token` for the steps, or `memory: off`.';

/** @param event the event of the run, which contains whether the repository is public */
export function remarksOnPublicMemory(repository: Repository, event: unknown): string[] {
  const about = isObject(event) && isObject(event['repository']) ? event['repository'] : {};
  if (about['private'] !== false) return [];
  const rules = openSource(repository.rules);
  const steps = repository.workflows.flatMap(file => {
    const workflow = readWorkflow(file, repository.ownAction);
    return workflow === undefined ? [] : reactingIn(workflow, rules);
  });
  return steps.some(step => !isMemoryOff(step) && !hasInput(step, 'memory-repository')) ? [PUBLIC] : [];
}
