/** The body that the automation of `init` posts for a change: the flattened event with the id of the run. */
import type {Change} from '../../../src/change/change.ts';

export function automationWebhook(change: Change, runId: string): Record<string, unknown> {
  const {action, blueprint, entity, title, team, at, by, origin, before, after} = change;
  const side = (snapshot: Change['before']) => snapshot && {identifier: entity, title, blueprint, team, ...snapshot};
  return {
    action,
    resourceType: 'entity',
    trigger: {by, origin, at},
    context: {blueprintIdentifier: blueprint, entityIdentifier: entity, propertyIdentifier: null},
    diff: {before: side(before), after: side(after)},
    runId,
  };
}
