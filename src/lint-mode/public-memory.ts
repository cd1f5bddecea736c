/** Lint: whether the memory is in a repository that everybody can read. Pure. */
import {isObject} from '../base/json.ts';
import type {Repository} from '../lint/read-repository.ts';
import {reactingIn} from '../lint/rules/lint-all-rules.ts';
import {openSource} from '../lint/source.ts';
import {hasInput, isMemoryOff, readWorkflow} from '../lint/workflow/workflow.ts';

const PUBLIC =
  'This repository is public, and so is the incident memory on its branches port-reactor/memory-*: names and titles of entities, and their values. To keep them private, give the steps `memory-repository` and `memory-token`, or `memory: off`.';

/** @param event what GitHub says about the run: only it knows whether the repository is public */
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
