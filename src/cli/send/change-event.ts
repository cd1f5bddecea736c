/** Converts a change to the event that Port's automations post, to send it again. Pure. */
import type {Change, Snapshot} from '../../change/change.ts';

/** The relay parses the event to the same change. A truncated change stays truncated. */
export function changeEvent(change: Change): object {
  const {action, blueprint, entity, title, team, at, by, origin, before, after, timer, runId} = change;
  const side = (snapshot: Snapshot | null) => snapshot && {identifier: entity, title, team, ...snapshot};
  return {
    action,
    resourceType: 'entity',
    trigger: {by, origin, at},
    context: {blueprintIdentifier: blueprint, entityIdentifier: entity, propertyIdentifier: timer ?? null},
    diff: {before: side(before), after: side(after)},
    ...(timer === undefined ? {} : {additionalData: {property: timer}}),
    ...(runId === undefined ? {} : {runId}),
  };
}
