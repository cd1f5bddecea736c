/** Executes the planned steps in order. If a step fails, the others still run. */

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

/** The result of one step. `details` are sentences or differences, one per line. */
export interface StepResult {
  readonly kind: SetupStep['kind'];
  readonly name: string;
  readonly outcome: StepOutcome;
  readonly details: readonly string[];
}

type Writer = Pick<PortClient, 'createBlueprint' | 'createEntity' | 'createAction' | 'updateAction' | 'deleteAction'>;

/** Whether Port is completely set up. */
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

/** The results of a dry run. Makes no calls. */
export function rehearseSetup(steps: readonly SetupStep[]): StepResult[] {
  const outcomes = {...OUTCOMES, create: 'would create', update: 'would update', remove: 'would remove'} as const;
  return steps.map(step => resultOf(step, outcomes[step.todo]));
}

/** Executes the steps in order. Errors of Port become failed steps. */
export async function applySetup(steps: readonly SetupStep[], port: Writer): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const step of steps) results.push(await apply(step, port, results));
  return results;
}

async function apply(step: SetupStep, port: Writer, before: readonly StepResult[]): Promise<StepResult> {
  const blueprint = step.todo === 'create' ? step.blueprint : undefined;
  if (before.some(({kind, name, outcome}) => kind === 'blueprint' && name === blueprint && outcome === 'failed')) {
    return resultOf(step, 'failed', [`requires blueprint ${blueprint}, which could not be created`]);
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
