/** Parse: a change in the short form of a test → the change that Port would report. Pure. */
import {type Actor, type Change, type ChangeAction, contentId, type Snapshot} from '../change/change.ts';
import {ON_ACTIONS} from '../rules/written/written-rules.ts';
import type {WrittenChange} from './written-rule-tests.ts';

const ENTITY = 'an-entity';

/** @param at the time of the change, if it does not set one: ISO 8601 */
export function changeFromShortForm(written: WrittenChange, at: string): Change {
  const {entity = ENTITY, title = entity, team = [], origin = 'UI'} = written;
  const action: ChangeAction = ON_ACTIONS[written.action ?? 'updated'];
  const change: Omit<Change, 'id'> = {
    source: 'automation',
    action,
    blueprint: written.blueprint ?? '',
    entity,
    title,
    team: typeof team === 'string' ? [team] : team,
    at: written.at ?? at,
    by: actorOf(written.by),
    origin,
    before: action === 'UPDATE' || action === 'DELETE' ? sideOf(written, 'from') : null,
    after: action === 'UPDATE' || action === 'CREATE' ? sideOf(written, 'to') : null,
    ...(action === 'TIMER_EXPIRED' && written.property !== undefined ? {timer: written.property} : {}),
  };
  return {id: contentId(change), ...change};
}

/** One side of the change. An absent or null value is not set. */
function sideOf({property, properties = {}, relations = {}, ...values}: WrittenChange, side: 'from' | 'to'): Snapshot {
  const value = values[side] ?? undefined;
  const changed = property === undefined || value === undefined ? [] : [[property, value] as const];
  return {properties: Object.fromEntries([...Object.entries(properties), ...changed]), relations};
}

function actorOf(by: string | undefined): Actor {
  if (by === undefined) return {};
  return by.includes('@') && !by.endsWith('@clients') ? {email: by} : {userId: by};
}
