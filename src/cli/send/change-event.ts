/** A change as the event that Port's automations post, to be sent once more. Pure. */
import type {Change, Snapshot} from '../../change/change.ts';

/** The relay parses it to the same change. Of a change that was cut, only what is left is sent. */
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
