/** Render: an incident → its entity in Port. Pure. */
import {clip, oneLine, showValue} from '../base/text/show.ts';
import type {PortObject} from '../clients/port.ts';
import {isAcknowledged} from '../memory/apply-command.ts';
import type {Incident, Shards} from '../memory/format/format.ts';
import {isSilenced} from '../memory/silence.ts';
import {ACKNOWLEDGED, DUE, SILENCED_UNTIL, SUBJECT_BLUEPRINT, SUBJECT_ENTITY} from '../rules/incident-properties.ts';

export interface ViewContext {
  /** Seconds since the epoch. */
  readonly now: number;
  /** The URL of the run that writes the entity. */
  readonly runUrl: string;
}

interface ChangesContext extends ViewContext {
  readonly isShown: (incident: Incident) => boolean;
}

/**
 * The entities of all incidents that differ between `before` and `after`. An incident that is missing in `after` was deleted
 * from the memory, and is shown as closed.
 */
export function changedEntities(before: Shards, after: Shards, context: ChangesContext): PortObject[] {
  const [old, current] = [byId(before), byId(after)];
  const changed = [...current.values()].filter(incident => old.get(incident.id) !== incident);
  const gone = [...old.values()].filter(({id, state}) => !current.has(id) && state !== 'closed');
  const closed = gone.map((incident): Incident => ({...incident, state: 'closed', closed: context.now}));
  return [...changed, ...closed].filter(context.isShown).map(incident => entityOf(incident, context));
}

function byId(shards: Shards): Map<string, Incident> {
  return new Map([...shards.values()].flatMap(({incidents}) => incidents).map(incident => [incident.id, incident]));
}

/** `null` clears a value of an earlier state. */
export function entityOf(incident: Incident, {now, runUrl}: ViewContext): PortObject {
  const {id, rule, blueprint, entity, title, state, since, closed, value, attempts, due, ack, silence} = incident;
  const acknowledged = state !== 'closed' && isAcknowledged(incident, now);
  return {
    identifier: id,
    title: clip(oneLine(`${rule}: ${title}`), 200),
    properties: {
      state,
      rule,
      [SUBJECT_BLUEPRINT]: blueprint,
      [SUBJECT_ENTITY]: entity,
      value: value === undefined ? null : showValue(value),
      since: time(since),
      closedAt: closed === undefined ? null : time(closed),
      attempts,
      links: [runUrl],
      // A timer in the past would fire at once and start a run that writes the same time again, in an endless loop.
      [DUE]: due === undefined || due <= now ? null : time(due),
      [ACKNOWLEDGED]: acknowledged,
      acknowledgedBy: acknowledged ? (ack?.by ?? null) : null,
      [SILENCED_UNTIL]: silence !== undefined && isSilenced(incident, now) ? time(silence.until) : null,
    },
    // The incident can be closed because its entity was deleted. Port rejects a relation to a missing entity.
    relations: state === 'closed' ? {} : {[blueprint]: entity},
  };
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
