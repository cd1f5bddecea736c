/** Lint: the workflows and composite actions that a workflow calls in its own repository. */
import {posix} from 'node:path';
import {isObject} from '../../base/json.ts';
import type {Repository} from '../read-repository.ts';
import {openSource} from '../source.ts';
import {jobOf, openWorkflow, type Workflow} from '../workflow/workflow.ts';
import {mappingIn} from '../written.ts';

/** A called workflow. A composite action is represented as a workflow with one job, `runs`. */
export interface Callee {
  readonly workflow: Workflow;
  readonly isAction: boolean;
}

/** @param uses the `uses` value of a job or step */
export type FindCallee = (uses: string) => Callee | undefined;

const ACTION_JOB = 'runs';

export function calleesOf(repository: Repository): FindCallee {
  const known = new Map<string, Callee | undefined>();
  return uses => {
    if (!uses.startsWith('./')) return undefined;
    if (!known.has(uses)) known.set(uses, read(uses, repository));
    return known.get(uses);
  };
}

function read(uses: string, {workflows, ownAction, fileExists, readText}: Repository): Callee | undefined {
  const path = posix.normalize(uses);
  const file = workflows.find(one => one.file === path);
  if (file !== undefined) return {workflow: openWorkflow(file, ownAction), isAction: false};
  const metadata = ['action.yml', 'action.yaml'].map(name => posix.join(path, name)).find(fileExists);
  return metadata === undefined ? undefined : readAction({file: metadata, text: readText(metadata)});
}

function readAction(file: {readonly file: string; readonly text: string}): Callee | undefined {
  const source = openSource(file);
  const json = isObject(source.json) ? source.json : {};
  const runs = mappingIn(json, 'runs');
  if (runs['using'] !== 'composite') return undefined;
  const outputs = Object.entries(mappingIn(json, 'outputs')).map(([name, output]) => [
    name,
    isObject(output) ? output['value'] : undefined,
  ]);
  const job = {...jobOf(ACTION_JOB, {...runs, outputs: Object.fromEntries(outputs)}), path: ['runs']};
  return {workflow: {source, json: {}, triggers: new Map(), jobs: [job], steps: []}, isAction: true};
}
