/** Lint: whether the runs of a workflow preserve the order of changes and lose none. Pure. */
import {isObject} from '../../base/json.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {isTemplated, scalarText, type WrittenPath} from '../written.ts';
import {expression, expressionsIn, isOtherMode, type Workflow} from './workflow.ts';
import {
  type Alternative,
  accessesIn,
  alternativesOf,
  type ExpressionAccess,
  formatAccess,
} from './workflow-expression.ts';

/** Checks that changes of one entity are handled one after the other, and that none is lost. */
export function lintConcurrency(workflow: Workflow): FoundProblem[] {
  const {triggers, json, jobs, steps} = workflow;
  if (!triggers.has('repository_dispatch')) return [];
  const inJobs = jobs.filter(job => steps.some(step => step.job === job && !isOtherMode(step)));
  if (inJobs.length === 0) return [];
  const groups = [
    {path: ['concurrency'], value: json['concurrency']},
    ...inJobs.map(job => ({path: [...job.path, 'concurrency'], value: job.body['concurrency']})),
  ];
  const given = groups.filter(({value}) => value !== undefined && value !== null);
  if (given.length === 0) return inJobs.map(({path}) => ({path, message: NO_GROUP, atKey: true}));
  return [
    ...given.flatMap(({path, value}) => [...checkQueue(value, path), ...checkCancel(value, path)]),
    ...checkPartition(given),
  ];
}

const GROUP = `group: port-reactor-${expression('github.event.client_payload.partition')}`;
const NO_GROUP = `has no \`concurrency\`: changes of one entity would be handled at the same time, in any order. Add \`concurrency: { ${GROUP}, queue: max }\` to the workflow.`;
const PENDING =
  'if the queue has only one place, GitHub cancels a waiting run when the next one arrives, and its changes are lost';

function checkQueue(concurrency: unknown, path: WrittenPath): FoundProblem[] {
  const queue = isObject(concurrency) ? concurrency['queue'] : undefined;
  if (queue === undefined) return [{path, message: `needs \`queue: max\`: ${PENDING}`, atKey: true}];
  if (queue === 'max' || isTemplated(scalarText(queue))) return [];
  return [{path: [...path, 'queue'], message: `must be max: ${PENDING}`}];
}

function checkCancel(concurrency: unknown, path: WrittenPath): FoundProblem[] {
  const key = 'cancel-in-progress';
  if (!isObject(concurrency) || scalarText(concurrency[key]) !== 'true') return [];
  return [
    {
      path: [...path, key],
      message:
        'cancels a run during its reactions when the next change arrives, and GitHub rejects it together with `queue: max`. Remove it.',
    },
  ];
}

/**
 * Checks that the group contains the partition, so that changes of one partition wait for each other. Other parts of the
 * group must be equal in all runs.
 */
function checkPartition(groups: readonly {path: WrittenPath; value: unknown}[]): FoundProblem[] {
  const texts = groups.map(({path, value}) =>
    isObject(value) ? {path: [...path, 'group'], text: scalarText(value['group'])} : {path, text: scalarText(value)},
  );
  const [first] = texts;
  if (first === undefined || texts.some(({text}) => containsPartition(text) && splitterIn(text) === undefined))
    return [];
  const split = texts.flatMap(({path, text}) =>
    reportSplitter(path, containsPartition(text) ? splitterIn(text) : undefined),
  );
  if (split.length > 0) return split.slice(0, 1);
  const why = /\$\{\{/.test(first.text)
    ? 'changes of one entity would be handled at the same time'
    : 'all changes would wait in one queue of at most 100 runs';
  return [
    {
      path: first.path,
      message: `does not contain the partition, which keeps changes in order: ${why}. Write \`${GROUP}\`.`,
    },
  ];
}

const PARTITION = 'github.event.client_payload.partition';

/** Whether an expression in the group reads the partition. The literal word is the same in all runs. */
function containsPartition(group: string): boolean {
  return expressionsIn(group).some(({source}) => accessesIn(source).some(isPartition));
}

function isPartition(access: ExpressionAccess): boolean {
  return formatAccess(access) === PARTITION;
}

const SPLITTER = /^github\.(run_id|run_number|run_attempt|sha|event\.client_payload\.(title|changes|packed))(\.|$)/;

/** A value in the group that differs for each run or change, which would create separate groups. */
function splitterIn(group: string): string | undefined {
  const parts = expressionsIn(group).flatMap(({source}) => {
    const all = alternativesOf(source);
    return all.filter((part, index) => !isFallback(part, all[index - 1]));
  });
  return parts.flatMap(({accesses}) => accesses.map(formatAccess)).find(name => SPLITTER.test(name));
}

/**
 * Whether the part follows `||`, as a fallback for runs without a partition. Partition 0 is falsy, so the fallback also
 * applies to it.
 */
function isFallback(part: Alternative, before: Alternative | undefined): boolean {
  if (before === undefined || part.accesses.some(isPartition)) return false;
  return before.value === undefined || !isPartition(before.value);
}

function reportSplitter(path: WrittenPath, splitter: string | undefined): FoundProblem[] {
  if (splitter === undefined) return [];
  const message = `changes of one entity would be handled at the same time: ${splitter} differs from run to run, and it also replaces partition 0. Write \`${GROUP}\`.`;
  return [{path, part: splitter, message}];
}
