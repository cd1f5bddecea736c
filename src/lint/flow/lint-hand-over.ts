/**
 * Lint: rules that hand remediations to jobs, and the jobs that run them. A job must get exactly its own remediations. Pure.
 */
import type {JsonObject} from '../../base/json.ts';
import {nearest, suggest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {expression, type Job, type ReactStep, type Workflow} from '../workflow/workflow.ts';
import {mappingIn, mappingsIn, textsAt, type WrittenPart} from '../written.ts';
import {type ListRead, listReadsIn} from './remediation-lists.ts';
import type {WorkflowFlows} from './workflow-flow.ts';

/** The step that runs the rules, whose job outputs the remediations for other jobs of the workflow. */
export interface Provider {
  readonly step: ReactStep;
  readonly workflow: Workflow;
  readonly flows: WorkflowFlows;
}

type RuleFilter = (rule: JsonObject) => boolean;
const ANY_RULE: RuleFilter = () => true;

/** The job names in rules. @param json the rules file, possibly with mistakes */
function jobsNamedIn(json: unknown, isSelected = ANY_RULE): WrittenPart<string>[] {
  return mappingsIn(json, 'rules').flatMap(({path, value: rule}) =>
    isSelected(rule) ? jobOf(rule, [...path, 'remediate', 'job']) : [],
  );
}

/** Checks remediations that the clock starts and hands to jobs of its own workflow. */
export function lintHandOverByClock(json: unknown, provider: Provider): FoundProblem[] {
  const isInhibiting = mappingsIn(json, 'inhibit').length > 0;
  const isSelected: RuleFilter = rule =>
    isInhibiting || rule['for'] !== undefined || mappingIn(rule, 'remediate')['verify'] !== undefined;
  return lintHandOver(json, provider, isSelected).map(problem => ({
    ...problem,
    message: `${problem.message.replace(/\.$/, '')}. The clock also starts remediations, after \`for\` and \`verify\`, and when \`inhibit\` ends.`,
  }));
}

function jobOf(rule: JsonObject, path: readonly PropertyKey[]): WrittenPart<string>[] {
  return textsAt(mappingIn(rule, 'remediate')['job'], path);
}

/** Reports rules whose job never receives its remediations. */
export function lintHandOver(json: unknown, provider: Provider, isSelected = ANY_RULE): FoundProblem[] {
  const {step, workflow, flows} = provider;
  const provided = listReadsIn(step.job.body['outputs'], [...step.job.path, 'outputs'], flows.ofJob(step.job));
  return jobsNamedIn(json, isSelected).flatMap(named => {
    const others = workflow.jobs.filter(one => one.name !== step.job.name).map(({name}) => name);
    if (!others.includes(named.value)) return [noSuchJob(named, others, provider)];
    return provided.length > 0 ? [] : [notProvided(named, provider)];
  });
}

function noSuchJob(
  {path, value}: WrittenPart<string>,
  others: readonly string[],
  {step, workflow}: Provider,
): FoundProblem {
  const hint =
    nearest(value, others) === undefined ? `. Add it, with \`needs: ${step.job.name}\`.` : suggest(value, others);
  const message = `${workflow.source.file} has no job "${value}"${hint}`;
  return {path, message};
}

function notProvided({path, value}: WrittenPart<string>, {step, workflow}: Provider): FoundProblem {
  const {job, body} = step;
  const id = typeof body['id'] === 'string' ? body['id'] : 'react';
  const output = expression(`steps.${id}.outputs.remediations-by-job`);
  const message = `the job "${value}" of ${workflow.source.file} would never start: the job "${job.name}" does not output its remediations. Add \`outputs: { remediations-by-job: ${output} }\` to it.`;
  return {path, message};
}

/** Reports jobs of the workflow that receive the remediations of another job. */
export function lintReceivers(json: unknown, {step, workflow, flows}: Provider): FoundProblem[] {
  const named = [...new Set(jobsNamedIn(json).map(({value}) => value))];
  return workflow.jobs
    .filter(({name}) => name !== step.job.name)
    .flatMap(job => {
      const reads = listReadsIn(job.body, job.path, flows.ofJob(job));
      return [...checkShared(job, reads, {named, provider: step.job.name}), ...checkOwn(job, reads, named)];
    });
}

/** With several jobs, the list of all remediations would start each job for the remediations of the others. */
function checkShared(
  {name}: Job,
  reads: readonly ListRead[],
  {named, provider}: {readonly named: readonly string[]; readonly provider: string},
): FoundProblem[] {
  if (named.length < 2) return [];
  const own = `fromJSON(needs.${provider}.outputs.remediations-by-job).${name}`;
  return reads
    .filter(({output}) => output === 'remediations')
    .slice(0, 1)
    .map(({path, part}) => ({
      path,
      part,
      message: `${part} contains the remediations of all of ${named.join(', ')}, so "${name}" would also run for the others. Output \`remediations-by-job\`, and write \`if: ${own} != null\` and \`matrix: { remediation: ${expression(own)} }\`.`,
    }));
}

function checkOwn({name}: Job, reads: readonly ListRead[], named: readonly string[]): FoundProblem[] {
  const read = reads.filter(({output}) => output === 'remediations-by-job');
  const lower = named.map(one => one.toLowerCase());
  const isNamed = lower.includes(name.toLowerCase());
  const isOwn = ({job}: ListRead) => job === undefined || job === name.toLowerCase();
  return read.flatMap(one => {
    if (isOwn(one) || one.job === undefined) return [];
    if (!lower.includes(one.job)) {
      return [{...placeOf(one), message: `no rule hands remediations to a job "${one.job}"${suggest(one.job, named)}`}];
    }
    if (!isNamed || read.some(isOwn)) return [];
    return [{...placeOf(one), message: `"${name}" would run for the remediations of "${one.job}". Write .${name}.`}];
  });
}

/** The position of the key, found by the name of the job, because the text before it can vary. */
function placeOf({path, job = ''}: ListRead) {
  return {path, part: job};
}
