/** One line that says what happened; GitHub shows it as the name of the workflow run. Pure. */
import type {Change, ChangeAction} from '../src/change/change.ts';
import {changedProperties, type Transition, transitionOf} from '../src/change/transition.ts';
import {clip, oneLine, showValue} from '../src/text.ts';

const ACTION_WORDS: Record<ChangeAction, string> = {
  CREATE: 'created',
  UPDATE: 'updated',
  DELETE: 'deleted',
  TIMER_EXPIRED: 'timer expired',
};

/**
 * `notification-service-prod: healthStatus Healthy → Degraded`.
 * @param transition of the rule that matched, where it looks at a property
 */
export function titleOf(change: Change, transition: Transition | undefined): string {
  return `${clip(oneLine(change.entity), 60)}: ${describe(change, transition ?? firstTransition(change))}`;
}

/** Of a created or deleted entity, all properties changed: none tells more than the action. */
function firstTransition(change: Change): Transition | undefined {
  const [first] = change.action === 'UPDATE' ? changedProperties(change) : [];
  return first === undefined ? undefined : transitionOf(change, first);
}

function describe(change: Change, transition: Transition | undefined): string {
  if (!transition?.changed) return ACTION_WORDS[change.action];
  const {property, from, to} = transition;
  return `${clip(oneLine(property), 40)} ${showValue(from, 40)} → ${showValue(to, 40)}`;
}
