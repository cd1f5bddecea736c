/**
 * A drill: a test change that `port-reactor doctor --drill` signs and sends through the relay to a run. The relay forwards it
 * although no rule matches, and the action makes no decision about it. The mark is next to Port's event, where neither the
 * catalog nor Port's templates can write. So no entity can pretend to be a drill and bypass the rules.
 */
import type {Change} from './change.ts';

/** The key of the mark in the body that is posted to the relay. */
export const DRILL_MARK = 'portReactorDrill';

/** No rule names this blueprint, so a release without support for drills ignores the change. */
const BLUEPRINT = '_port_reactor_drill';

export function isDrill({source}: Pick<Change, 'source'>): boolean {
  return source === 'drill';
}

/**
 * The body to post. The run is named after the id: `<id>: created`.
 * @param at ISO 8601
 */
export function drillEvent(id: string, at: string): object {
  return {
    [DRILL_MARK]: true,
    action: 'CREATE',
    resourceType: 'entity',
    trigger: {by: {userId: 'port-reactor doctor'}, origin: 'API', at},
    context: {blueprintIdentifier: BLUEPRINT, entityIdentifier: id, propertyIdentifier: null},
    diff: {before: null, after: {identifier: id, title: id, team: [], properties: {}, relations: {}}},
  };
}
