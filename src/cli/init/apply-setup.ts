/** Act: takes the planned steps one after the other; one that fails does not keep the others from being taken. */

import {messageOf, ReactorError} from '../../base/errors.ts';
import type {PortClient} from '../../clients/port.ts';
import type {SetupStep} from './setup-plan.ts';

type StepOutcome =
  | 'created'
  | 'updated'
  | 'unchanged'
  | 'kept'
  | 'conflict'
  | 'failed'
  | 'left behind'
  | 'removed'
  | 'would create'
  | 'would remove'
  | 'would update';

/** What became of one step. `details` are sentences or differences, a line each. */
export interface StepResult {
  readonly kind: SetupStep['kind'];
  readonly name: string;
  readonly outcome: StepOutcome;
  readonly details: readonly string[];
}

type Writer = Pick<PortClient, 'createBlueprint' | 'createEntity' | 'createAction' | 'updateAction' | 'deleteAction'>;

/** Whether everything is as wanted. */
export function isSetUp(results: readonly StepResult[]): boolean {
  return !results.some(({outcome}) => outcome === 'failed' || outcome === 'conflict');
}

const OUTCOMES = {
  create: 'created',
  update: 'updated',
  nothing: 'unchanged',
  keep: 'kept',
  leave: 'left behind',
  remove: 'removed',
  conflict: 'conflict',
  fail: 'failed',
} as const satisfies Record<SetupStep['todo'], StepOutcome>;

/** What would be done. Makes no call. */
export function rehearseSetup(steps: readonly SetupStep[]): StepResult[] {
  const outcomes = {...OUTCOMES, create: 'would create', update: 'would update', remove: 'would remove'} as const;
  return steps.map(step => resultOf(step, outcomes[step.todo]));
}

/** Takes the steps in their order. Never rejects for what Port answers. */
export async function applySetup(steps: readonly SetupStep[], port: Writer): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const step of steps) results.push(await apply(step, port, results));
  return results;
}

async function apply(step: SetupStep, port: Writer, before: readonly StepResult[]): Promise<StepResult> {
  const blueprint = step.todo === 'create' ? step.blueprint : undefined;
  if (before.some(({kind, name, outcome}) => kind === 'blueprint' && name === blueprint && outcome === 'failed')) {
    return resultOf(step, 'failed', [`it needs blueprint ${blueprint}, which could not be created`]);
  }
  try {
    await write(step, port);
    return resultOf(step, OUTCOMES[step.todo]);
  } catch (error) {
    if (!(error instanceof ReactorError)) throw error;
    return resultOf(step, 'failed', [messageOf(error)]);
  }
}

async function write(step: SetupStep, port: Writer): Promise<void> {
  if (step.todo === 'update') await port.updateAction(step.name, step.body);
  if (step.todo === 'remove') await port.deleteAction(step.name);
  if (step.todo !== 'create') return;
  if (step.kind === 'blueprint') await port.createBlueprint(step.body);
  else if (step.kind === 'entity') await port.createEntity(step.blueprint, step.body);
  else await port.createAction(step.body);
}

function resultOf(step: SetupStep, outcome: StepOutcome, details = detailsOf(step)): StepResult {
  return {kind: step.kind, name: step.name, outcome, details};
}

function detailsOf(step: SetupStep): readonly string[] {
  if ('reason' in step) return [step.reason];
  if (step.todo === 'update') return step.differences;
  return step.todo === 'create' && step.detail !== undefined ? [step.detail] : [];
}
