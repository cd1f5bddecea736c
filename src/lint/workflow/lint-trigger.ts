/** Lint: whether the triggers of a workflow provide a change. Pure. */
import {isObject} from '../../base/json.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {isTemplated, scalarText, textsAt, type WrittenPath} from '../written.ts';
import {
  actsByClock,
  expression,
  hasInput,
  inputPath,
  isOtherMode,
  isReconciling,
  type ReactStep,
  type Workflow,
} from './workflow.ts';

/** @param eventType the event type of the relay */
export function lintTriggers(workflow: Workflow, eventType: string): FoundProblem[] {
  return [...checkTypes(workflow, eventType), ...checkStart(workflow), ...checkSchedule(workflow)];
}

function checkTypes({triggers, steps}: Workflow, eventType: string): FoundProblem[] {
  if (steps.length > 0 && steps.every(isOtherMode)) return [];
  const config = triggers.get('repository_dispatch');
  const path: WrittenPath = ['on', 'repository_dispatch', 'types'];
  const types = textsAt(isObject(config) ? config['types'] : undefined, path);
  if (types.length === 0 || types.some(({value}) => value === eventType || isTemplated(value))) return [];
  const names = types.map(({value}) => `"${value}"`).join(', ');
  const message = `the relay sends ${eventType}, which ${names} does not match: no run would start. Write [${eventType}], or set REACTOR_EVENT_TYPE to the value of the relay.`;
  return [{path: types.length === 1 ? (types[0]?.path ?? path) : path, message}];
}

/** Reports a workflow without an event that contains a change, because each run would fail. */
function checkStart({triggers, steps}: Workflow): FoundProblem[] {
  if (triggers.has('workflow_dispatch')) return checkByHand(steps);
  if (['repository_dispatch', 'workflow_call'].some(name => triggers.has(name))) return [];
  const message =
    'no event that starts this workflow contains a change. Add `repository_dispatch: { types: [port-catalog-change] }` to `on:`, or the input `event`.';
  return steps.filter(lacksEvent).map(({path}) => ({path: [...path, 'uses'], message}));
}

/** Reports steps that need a schedule in a workflow without one. */
function checkSchedule({triggers, steps}: Workflow): FoundProblem[] {
  if (['schedule', 'workflow_call'].some(name => triggers.has(name))) return [];
  const clock = 'no event starts this workflow. Add `schedule: [{ cron: "*/15 * * * *" }]` to `on:`.';
  const reconcile = 'no event starts this workflow. Add `schedule: [{ cron: "23 * * * *" }]` to `on:`.';
  const at = (step: ReactStep, message: string) => ({path: inputPath(step, 'mode'), message});
  return [
    ...steps.filter(actsByClock).map(step => at(step, clock)),
    ...steps.filter(isReconciling).map(step => at(step, reconcile)),
  ];
}

function checkByHand(steps: readonly ReactStep[]): FoundProblem[] {
  return steps
    .filter(step => lacksEvent(step) && !checksEvent(step))
    .map(({path}) => ({
      path: [...path, 'uses'],
      message: `a run started by workflow_dispatch contains no change. Add \`event: ${expression('inputs.event')}\` to the inputs of this step.`,
    }));
}

function lacksEvent(step: ReactStep): boolean {
  return !hasInput(step, 'event') && !isOtherMode(step);
}

/** Whether the step runs only for some events. */
function checksEvent({body, job}: ReactStep): boolean {
  return [body['if'], job.body['if']].some(condition => /event_name|client_payload/.test(scalarText(condition)));
}
