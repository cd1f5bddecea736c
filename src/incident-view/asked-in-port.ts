/** Parse: a change of an incident's entity in Port → what a person, or its timer, asks for. Pure. */

import {isSameJson} from '../base/json.ts';
import type {Actor, Change} from '../change/change.ts';
import {propertyOf} from '../change/change.ts';
import {isDrill} from '../change/drill.ts';
import type {Command} from '../memory/obey.ts';
import {ACKNOWLEDGED, DUE, SILENCED_UNTIL, SUBJECT_BLUEPRINT, SUBJECT_ENTITY} from '../rules/incident-properties.ts';
import type {Rules} from '../rules/rules.ts';

/** What is asked for, but when. */
export type AskedInPort = Pick<Command, 'incident' | 'do' | 'by' | 'until'>;

/** The entity that an incident is about: its shard has the incident. */
export interface AskedIncident {
  readonly blueprint: string;
  readonly entity: string;
}

function isOfIncident({incidents}: Pick<Rules, 'incidents'>, change: Change): boolean {
  return incidents !== undefined && incidents.blueprint === change.blueprint && !isDrill(change);
}

/** Undefined if the change is not that of an incident's entity, or does not say what the incident is about. */
export function subjectInPort(rules: Pick<Rules, 'incidents'>, change: Change): AskedIncident | undefined {
  if (!isOfIncident(rules, change)) return undefined;
  const properties = (change.after ?? change.before)?.properties;
  const [blueprint, entity] = [SUBJECT_BLUEPRINT, SUBJECT_ENTITY].map(name => propertyOf(properties, name));
  return typeof blueprint === 'string' && typeof entity === 'string' ? {blueprint, entity} : undefined;
}

/** Whether the incident's timer has expired: what is due for it must be done now. */
export function isDueInPort(rules: Pick<Rules, 'incidents'>, change: Change): boolean {
  return isOfIncident(rules, change) && change.action === 'TIMER_EXPIRED' && (change.timer ?? DUE) === DUE;
}

/**
 * What the change asks for, if a person made it. Empty if it is not that of an incident's entity, or asks for nothing. An end that is
 * not a time, or is over, is taken as none.
 * @param clientId our own in Port, if it is known
 */
export function askedInPort(rules: Pick<Rules, 'incidents'>, change: Change, clientId?: string): AskedInPort[] {
  if (!isOfIncident(rules, change) || change.action !== 'UPDATE' || isOurs(change.by, clientId)) return [];
  const {entity: incident, before, after} = change;
  const [was, is] = [before?.properties, after?.properties].map(values => ({
    acknowledged: propertyOf(values, ACKNOWLEDGED) === true,
    silencedUntil: propertyOf(values, SILENCED_UNTIL) ?? null,
  }));
  const by = change.by.email ?? change.by.userId ?? 'a person in Port';
  const asked: AskedInPort[] = [];
  if (was?.acknowledged !== is?.acknowledged)
    asked.push({incident, by, do: is?.acknowledged ? 'acknowledge' : 'unacknowledge'});
  if (!isSameJson(was?.silencedUntil, is?.silencedUntil)) {
    const until = endOf(is?.silencedUntil, change.at);
    asked.push(until === undefined ? {incident, by, do: 'unsilence'} : {incident, by, do: 'silence', until});
  }
  return asked;
}

/** Seconds since the epoch. */
function endOf(value: unknown, at: string): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return ms > Date.parse(at) ? Math.floor(ms / 1000) : undefined;
}

/**
 * Credentials write as their client id, which older events have with an ending, and automations of Port's as Port itself.
 * To obey our own write would change nothing, and cost a run.
 */
function isOurs({userId, byPort}: Actor, clientId: string | undefined): boolean {
  if (byPort === true) return true;
  return clientId !== undefined && (userId === clientId || userId === `${clientId}@clients`);
}
