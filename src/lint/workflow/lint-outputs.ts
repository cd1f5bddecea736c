/** Lint: outputs that jobs read but nothing sets. GitHub silently reads them as an empty text. Pure. */

import {isObject} from '../../base/json.ts';
import {nearest, suggest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {mappingIn, scalarText, textsAt, type WrittenPath} from '../written.ts';
import {ACTION_OUTPUTS} from './action-metadata.ts';
import {allExpressions, expression, type Job, type ReactStep, type Workflow} from './workflow.ts';

/** `steps.react.outputs.rule`, `needs.react.outputs.rule`, and `matrix.remediation`. */
interface Read {
  readonly path: WrittenPath;
  readonly part: string;
  readonly context: string;
  /** The name of the step, the job or the matrix key. */
  readonly name: string;
  /** `outputs`, `outcome`, `result`, … Empty for a matrix. */
  readonly member: string;
  readonly output: string | undefined;
}

export function lintOutputs(job: Job, workflow: Workflow): FoundProblem[] {
  const own = workflow.steps.filter(step => step.job === job);
  return readsIn(job).flatMap(read => {
    const message =
      read.context === 'matrix'
        ? mistakeInMatrix(read, job)
        : read.context === 'steps'
          ? mistakeInStep(read, job, own)
          : mistakeInNeed(read, job, workflow);
    return message === undefined ? [] : [{path: read.path, part: read.part, message}];
  });
}

/** Reports unknown matrix keys. The keys are unknown if an expression creates the matrix or its `include`. */
function mistakeInMatrix({part, name}: Read, {body}: Job): string | undefined {
  const matrix = mappingIn(body, 'strategy')['matrix'];
  if (!isObject(matrix)) return undefined;
  const {include = [], exclude, ...lists} = matrix;
  if (!Array.isArray(include) || !include.every(isObject)) return undefined;
  const names = [...Object.keys(lists), ...include.flatMap(one => Object.keys(one))];
  if (find(name, names) !== undefined) return undefined;
  return `${part} is always empty: the matrix of the job has no "${name}"${suggest(name, names)}`;
}

const READ =
  /(?<![\w.-])(?:(?<context>steps|needs)\.(?<name>[\w-]+)\.(?<member>[\w-]+)(?:\.(?<output>[\w-]+))?|matrix\.(?<key>[\w-]+))/gi;

/** The reads of a job, without duplicates, at their first position. */
function readsIn(job: Job): Read[] {
  const found = [...allExpressions(job.body, job.path)].flatMap(({path, value}) =>
    [...withoutTexts(value).matchAll(READ)].map(({0: part, groups = {}}) => {
      const {context = 'matrix', name = groups['key'] ?? '', member = '', output} = groups;
      return {path, part, context: context.toLowerCase(), name, member, output};
    }),
  );
  return [...new Map(found.toReversed().map(read => [read.part, read])).values()].toReversed();
}

/** Normalizes `steps['react']` to `steps.react`, and removes string literals. */
function withoutTexts(source: string): string {
  return source.replace(/\[\s*'([\w-]+)'\s*\]/g, '.$1').replace(/'(?:[^']|'')*'/g, "''");
}

function mistakeInStep(read: Read, job: Job, own: readonly ReactStep[]): string | undefined {
  const {part, name} = read;
  const ids = job.steps.map(({id}) => scalarText(id)).filter(id => id !== '');
  if (find(name, ids) === undefined) {
    const nameless = own.find(({body}) => body['id'] === undefined);
    const remedy = nameless === undefined ? suggest(name, ids) : `. Add it to the step that uses ${nameless.uses}.`;
    return `${part} is always empty: no step of this job has \`id: ${name}\`${remedy}`;
  }
  const isOurs = own.some(({body}) => find(name, [scalarText(body['id'])]) !== undefined);
  if (!isOurs) return undefined;
  return (
    mistakeInMember(read, ['outputs', 'outcome', 'conclusion']) ??
    (isMissing(read, ACTION_OUTPUTS)
      ? `the action has no output "${read.output}"${suggest(read.output ?? '', ACTION_OUTPUTS)}`
      : undefined)
  );
}

/**
 * Reports unknown outputs of needed jobs. Another check reports missing jobs and dependencies. A called workflow declares its
 * own outputs.
 */
function mistakeInNeed(read: Read, job: Job, {jobs, steps}: Workflow): string | undefined {
  const {part, name, output = ''} = read;
  const needed = textsAt(job.body['needs'], []).map(({value}) => value);
  const giver = jobs.find(one => find(one.name, [name]) !== undefined);
  if (giver === undefined || giver.body['uses'] !== undefined || find(name, needed) === undefined) return undefined;
  const given = Object.keys(mappingIn(giver.body, 'outputs'));
  const mistake = mistakeInMember(read, ['outputs', 'result']);
  if (mistake !== undefined || !isMissing(read, given)) return mistake;
  const near = nearest(output, given);
  const hint = near === undefined ? remedyFor(output, giver, steps) : `. Did you mean "${near}"?`;
  return `${part} is always empty: the job "${giver.name}" has no output "${output}"${hint}`;
}

function remedyFor(output: string, giver: Job, steps: readonly ReactStep[]): string {
  const step = steps.find(one => one.job === giver);
  if (step === undefined) return `. Add it under \`outputs:\` of that job.`;
  const own = nearest(output, ACTION_OUTPUTS);
  if (own === undefined) return suggest(output, Object.keys(mappingIn(giver.body, 'outputs')));
  const source = expression(`steps.${scalarText(step.body['id']) || 'react'}.outputs.${own}`);
  return `. Add \`outputs: { ${own}: ${source} }\` to it.`;
}

function mistakeInMember({part, member}: Read, members: readonly string[]): string | undefined {
  if (find(member, members) !== undefined) return undefined;
  return `${part} is always empty: there is no "${member}"${suggest(member, members)}`;
}

function isMissing({member, output}: Read, given: readonly string[]): boolean {
  return member.toLowerCase() === 'outputs' && output !== undefined && find(output, given) === undefined;
}

/** GitHub's names are case-insensitive. */
function find(name: string, names: readonly string[]): string | undefined {
  return names.find(one => one.toLowerCase() === name.toLowerCase());
}
