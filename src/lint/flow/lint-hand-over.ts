/** Lint: rules that hand remediations to jobs, against the jobs that take them. A job must get its own, and only those. Pure. */
import type {JsonObject} from '../../base/json.ts';
import {nearest, suggest} from '../../base/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {expression, type Job, type ReactStep, type Workflow} from '../workflow/workflow.ts';
import {mappingIn, mappingsIn, textsAt, type WrittenPart} from '../written.ts';
import {type ListRead, listReadsIn} from './remediation-lists.ts';
import type {WorkflowFlows} from './workflow-flow.ts';

/** The step that runs the rules: its job gives the remediations to other jobs of the workflow. */
export interface Giver {
  readonly step: ReactStep;
  readonly workflow: Workflow;
  readonly flows: WorkflowFlows;
}

type IsMeant = (rule: JsonObject) => boolean;
const ANY_RULE: IsMeant = () => true;

/** The jobs that rules name. @param json the rules file, with mistakes or without */
function jobsNamedIn(json: unknown, isSelected = ANY_RULE): WrittenPart<string>[] {
  return mappingsIn(json, 'rules').flatMap(({path, value: rule}) =>
    isSelected(rule) ? jobOf(rule, [...path, 'remediate', 'job']) : [],
  );
}

/** The clock starts some remediations too, and hands them to jobs of its own workflow. */
export function lintHandOverByClock(json: unknown, giver: Giver): FoundProblem[] {
  const isInhibiting = mappingsIn(json, 'inhibit').length > 0;
  const isSelected: IsMeant = rule =>
    isInhibiting || rule['for'] !== undefined || mappingIn(rule, 'remediate')['verify'] !== undefined;
  return lintHandOver(json, giver, isSelected).map(problem => ({
    ...problem,
    message: `${problem.message.replace(/\.$/, '')}. The clock starts remediations too, after \`for\` and \`verify\`, and when \`inhibit\` is over.`,
  }));
}

function jobOf(rule: JsonObject, path: readonly PropertyKey[]): WrittenPart<string>[] {
  return textsAt(mappingIn(rule, 'remediate')['job'], path);
}

/** What is wrong in the rules: the job never gets what is handed to it. */
export function lintHandOver(json: unknown, giver: Giver, isSelected = ANY_RULE): FoundProblem[] {
  const {step, workflow, flows} = giver;
  const givenOut = listReadsIn(step.job.body['outputs'], [...step.job.path, 'outputs'], flows.ofJob(step.job));
  return jobsNamedIn(json, isSelected).flatMap(named => {
    const others = workflow.jobs.filter(one => one.name !== step.job.name).map(({name}) => name);
    if (!others.includes(named.value)) return [noSuchJob(named, others, giver)];
    return givenOut.length > 0 ? [] : [notGivenOut(named, giver)];
  });
}

function noSuchJob(
  {path, value}: WrittenPart<string>,
  others: readonly string[],
  {step, workflow}: Giver,
): FoundProblem {
  const hint =
    nearest(value, others) === undefined ? `. Add it, with \`needs: ${step.job.name}\`.` : suggest(value, others);
  const message = `${workflow.source.file} has no job "${value}"${hint}`;
  return {path, message};
}

function notGivenOut({path, value}: WrittenPart<string>, {step, workflow}: Giver): FoundProblem {
  const {job, body} = step;
  const id = typeof body['id'] === 'string' ? body['id'] : 'react';
  const output = expression(`steps.${id}.outputs.remediations-by-job`);
  const message = `the job "${value}" of ${workflow.source.file} would never start: the job "${job.name}" does not give out its remediations. Add \`outputs: { remediations-by-job: ${output} }\` to it.`;
  return {path, message};
}

/** What is wrong in the workflow: a job gets what is handed to another one. */
export function lintTakers(json: unknown, {step, workflow, flows}: Giver): FoundProblem[] {
  const named = [...new Set(jobsNamedIn(json).map(({value}) => value))];
  return workflow.jobs
    .filter(({name}) => name !== step.job.name)
    .flatMap(job => {
      const reads = listReadsIn(job.body, job.path, flows.ofJob(job));
      return [...checkShared(job, reads, {named, giver: step.job.name}), ...checkOwn(job, reads, named)];
    });
}

/** With two jobs, the list of all would start each job for what is handed to the other. */
function checkShared(
  {name}: Job,
  reads: readonly ListRead[],
  {named, giver}: {readonly named: readonly string[]; readonly giver: string},
): FoundProblem[] {
  if (named.length < 2) return [];
  const own = `fromJSON(needs.${giver}.outputs.remediations-by-job).${name}`;
  return reads
    .filter(({output}) => output === 'remediations')
    .slice(0, 1)
    .map(({path, part}) => ({
      path,
      part,
      message: `${part} holds what is handed to all of ${named.join(', ')}: "${name}" would run for the others' too. Give out \`remediations-by-job\`, and write \`if: ${own} != null\` and \`matrix: { remediation: ${expression(own)} }\`.`,
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
      return [{...placeOf(one), message: `no rule hands anything to a job "${one.job}"${suggest(one.job, named)}`}];
    }
    if (!isNamed || read.some(isOwn)) return [];
    return [{...placeOf(one), message: `"${name}" would run for what is handed to "${one.job}". Write .${name}.`}];
  });
}

/** The name of the job leads to the key. The text before it may be written in several ways. */
function placeOf({path, job = ''}: ListRead) {
  return {path, part: job};
}
