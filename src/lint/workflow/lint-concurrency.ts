/** Lint: whether a workflow's runs keep the order of changes, and lose none. Pure. */
import {isObject} from '../../base/json.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {isTemplated, scalarText, type WrittenPath} from '../written.ts';
import {expression, expressionsIn, isOtherMode, type Workflow} from './workflow.ts';
import {type Alternative, accessesIn, alternativesOf, type ExpressionAccess, writtenAs} from './workflow-expression.ts';

/** Changes of one entity must be handled one after the other, and none may be dropped. */
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
  'with a single place in the queue, GitHub cancels a waiting run when the next one comes, and its changes are lost';

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
        'ends a run in the middle of its reactions when the next change comes, and GitHub refuses it beside `queue: max`. Remove it.',
    },
  ];
}

/** Who is in the partition of a change waits for it. Whatever else the group holds may only be the same in all runs. */
function checkPartition(groups: readonly {path: WrittenPath; value: unknown}[]): FoundProblem[] {
  const texts = groups.map(({path, value}) =>
    isObject(value) ? {path: [...path, 'group'], text: scalarText(value['group'])} : {path, text: scalarText(value)},
  );
  const [first] = texts;
  if (first === undefined || texts.some(({text}) => holdsPartition(text) && splitterIn(text) === undefined)) return [];
  const split = texts.flatMap(({path, text}) => apart(path, holdsPartition(text) ? splitterIn(text) : undefined));
  if (split.length > 0) return split.slice(0, 1);
  const why = /\$\{\{/.test(first.text)
    ? 'changes of one entity would be handled at the same time'
    : 'all changes would wait in one line of at most 100 runs';
  return [
    {
      path: first.path,
      message: `does not hold the partition, by which the relay keeps changes in order: ${why}. Write \`${GROUP}\`.`,
    },
  ];
}

const PARTITION = 'github.event.client_payload.partition';

/** In an expression: the bare word is the same in all runs. */
function holdsPartition(group: string): boolean {
  return expressionsIn(group).some(({source}) => accessesIn(source).some(isPartition));
}

function isPartition(access: ExpressionAccess): boolean {
  return writtenAs(access) === PARTITION;
}

const SPLITTER = /^github\.(run_id|run_number|run_attempt|sha|event\.client_payload\.(title|changes|packed))(\.|$)/;

/** What is another in each run, or for each change, and so makes groups of their own. */
function splitterIn(group: string): string | undefined {
  const parts = expressionsIn(group).flatMap(({source}) => {
    const all = alternativesOf(source);
    return all.filter((part, index) => !onlyStandsIn(part, all[index - 1]));
  });
  return parts.flatMap(({accesses}) => accesses.map(writtenAs)).find(name => SPLITTER.test(name));
}

/** Behind `||`, for runs that have no partition. A partition may be 0, which counts as none: what stands behind is then taken. */
function onlyStandsIn(part: Alternative, before: Alternative | undefined): boolean {
  if (before === undefined || part.accesses.some(isPartition)) return false;
  return before.value === undefined || !isPartition(before.value);
}

function apart(path: WrittenPath, splitter: string | undefined): FoundProblem[] {
  if (splitter === undefined) return [];
  const message = `changes of one entity would be handled at the same time: ${splitter} differs from run to run, also where it stands in for the partition 0. Write \`${GROUP}\`.`;
  return [{path, part: splitter, message}];
}
