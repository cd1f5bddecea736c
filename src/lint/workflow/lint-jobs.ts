/** Lint: the jobs of a workflow that uses the action: their steps, dependencies and shared outputs. Pure. */

import {suggest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {type ListRead, listReadsIn} from '../flow/remediation-lists.ts';
import type {WorkflowFlows} from '../flow/workflow-flow.ts';
import {textsAt} from '../written.ts';
import {lintOutputs} from './lint-outputs.ts';
import {allExpressions, type Job, type Workflow} from './workflow.ts';
import {accessesIn} from './workflow-expression.ts';

export function lintJobs(workflow: Workflow, flows: WorkflowFlows): FoundProblem[] {
  return workflow.jobs.flatMap(job => [
    ...checkSteps(job),
    ...checkNeeds(job, workflow),
    ...checkMatrix(job, flows),
    ...lintOutputs(job, workflow),
  ]);
}

/** Reports jobs without steps. GitHub's service rejects them, but its parser does not. */
function checkSteps({path, body, steps}: Job): FoundProblem[] {
  if (steps.length > 0 || body['uses'] !== undefined) return [];
  const message =
    'has no steps and calls no workflow, so GitHub refuses the workflow, and no run starts. Add `steps:`.';
  return [{path, message, atKey: true}];
}

/** Reports outputs of jobs that are not in `needs`, which are always empty. */
function checkNeeds({body, path}: Job, {jobs}: Workflow): FoundProblem[] {
  const needed = textsAt(body['needs'], [...path, 'needs']);
  const names = jobs.map(({name}) => name);
  const misspelt = needed
    .filter(({value}) => !isAmong(value, names))
    .map(({path: at, value}) => ({
      path: at,
      message: `there is no job "${value}" in this workflow${suggest(value, names)}`,
    }));
  if (misspelt.length > 0) return misspelt;
  const waited = needed.map(({value}) => value);
  const missing = needsReadIn(body, path).filter(({job}) => !isAmong(job, waited));
  return missing.slice(0, 1).map(({path: at, job}) => ({
    path: at,
    part: `needs.${job}`,
    message: isAmong(job, names)
      ? `needs.${job} is always empty, because this job does not wait for "${job}". Add \`needs: ${job}\`.`
      : `there is no job "${job}" in this workflow${suggest(job, names)}`,
  }));
}

function needsReadIn(body: unknown, path: readonly PropertyKey[]) {
  return [...allExpressions(body, path)].flatMap(({path: at, value}) =>
    accessesIn(value).flatMap(({keys: [context, job]}) =>
      context === 'needs' && job !== undefined && job !== '*' ? [{path: at, job}] : [],
    ),
  );
}

/** GitHub's names are case-insensitive. */
function isAmong(name: string, names: readonly string[]): boolean {
  return names.some(one => one.toLowerCase() === name.toLowerCase());
}

/** Reports a matrix without a guard. GitHub fails a job with an empty matrix, so every run without a remediation would fail. */
function checkMatrix(job: Job, flows: WorkflowFlows): FoundProblem[] {
  if (job.body['if'] !== undefined) return [];
  const reads = listReadsIn(job.body['strategy'], [...job.path, 'strategy'], flows.ofJob(job));
  return reads.slice(0, 1).map(read => ({
    path: read.path,
    message: `is empty in most runs, and GitHub fails a job with an empty matrix. Add \`${guardFor(read)}\` to the job.`,
  }));
}

function guardFor({part, output, job}: ListRead): string {
  if (output === 'remediations') return `if: ${part} != '[]' && ${part} != ''`;
  return job === undefined ? `if: ${part} != '{}'` : `if: fromJSON(${part}).${job} != null`;
}
