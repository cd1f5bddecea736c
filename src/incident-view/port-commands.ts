/** Parse: a change of an incident's entity in Port → the commands in it, or its expired timer. Pure. */

import {isSameJson} from '../base/json.ts';
import type {Actor, Change} from '../change/change.ts';
import {propertyOf} from '../change/change.ts';
import {isDrill} from '../change/drill.ts';
import type {Command} from '../memory/apply-command.ts';
import {ACKNOWLEDGED, DUE, SILENCED_UNTIL, SUBJECT_BLUEPRINT, SUBJECT_ENTITY} from '../rules/incident-properties.ts';
import type {Rules} from '../rules/rules.ts';

/** A command without its time. */
export type PortCommand = Pick<Command, 'incident' | 'do' | 'by' | 'until'>;

/** The entity that an incident is about. It determines the shard of the incident. */
export interface IncidentSubject {
  readonly blueprint: string;
  readonly entity: string;
}

function isOfIncident({incidents}: Pick<Rules, 'incidents'>, change: Change): boolean {
  return incidents !== undefined && incidents.blueprint === change.blueprint && !isDrill(change);
}

/** Undefined if the change does not belong to an incident's entity, or does not name the entity of the incident. */
export function incidentSubject(rules: Pick<Rules, 'incidents'>, change: Change): IncidentSubject | undefined {
  if (!isOfIncident(rules, change)) return undefined;
  const properties = (change.after ?? change.before)?.properties;
  const [blueprint, entity] = [SUBJECT_BLUEPRINT, SUBJECT_ENTITY].map(name => propertyOf(properties, name));
  return typeof blueprint === 'string' && typeof entity === 'string' ? {blueprint, entity} : undefined;
}

/** Whether the incident's timer has expired, so that its due work must be done. */
export function isIncidentDue(rules: Pick<Rules, 'incidents'>, change: Change): boolean {
  return isOfIncident(rules, change) && change.action === 'TIMER_EXPIRED' && (change.timer ?? DUE) === DUE;
}

/**
 * The commands of a change that a person made. Empty if the change does not belong to an incident's entity, or contains no
 * command. Ignores an end that is not a time or is in the past.
 * @param clientId the client ID of this installation in Port, if it is known
 */
export function portCommandsIn(rules: Pick<Rules, 'incidents'>, change: Change, clientId?: string): PortCommand[] {
  if (!isOfIncident(rules, change) || change.action !== 'UPDATE' || isOwnChange(change.by, clientId)) return [];
  const {entity: incident, before, after} = change;
  const [was, is] = [before?.properties, after?.properties].map(values => ({
    acknowledged: propertyOf(values, ACKNOWLEDGED) === true,
    silencedUntil: propertyOf(values, SILENCED_UNTIL) ?? null,
  }));
  const by = change.by.email ?? change.by.userId ?? 'a person in Port';
  const commands: PortCommand[] = [];
  if (was?.acknowledged !== is?.acknowledged)
    commands.push({incident, by, do: is?.acknowledged ? 'acknowledge' : 'unacknowledge'});
  if (!isSameJson(was?.silencedUntil, is?.silencedUntil)) {
    const until = endOf(is?.silencedUntil, change.at);
    commands.push(until === undefined ? {incident, by, do: 'unsilence'} : {incident, by, do: 'silence', until});
  }
  return commands;
}

/** Seconds since the epoch. */
function endOf(value: unknown, at: string): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return ms > Date.parse(at) ? Math.floor(ms / 1000) : undefined;
}

/**
 * Whether Port Reactor or a Port automation made the change. Credentials write as their client ID, which has a suffix in older
 * events. Automations write as Port itself. Applying these changes would have no effect, and would cost a run.
 */
function isOwnChange({userId, byPort}: Actor, clientId: string | undefined): boolean {
  if (byPort === true) return true;
  return clientId !== undefined && (userId === clientId || userId === `${clientId}@clients`);
}
