/** Render: an incident → its entity in Port. Pure. */
import {clip, oneLine, showValue} from '../base/text.ts';
import type {PortObject} from '../clients/port.ts';
import type {Incident, Shards} from '../memory/format/format.ts';
import {isAcknowledged} from '../memory/obey.ts';
import {isSilenced} from '../memory/silence.ts';
import {ACKNOWLEDGED, DUE, SILENCED_UNTIL, SUBJECT_BLUEPRINT, SUBJECT_ENTITY} from '../rules/incident-properties.ts';

export interface ViewContext {
  /** Seconds since the epoch. */
  readonly now: number;
  /** Address of the run that writes. */
  readonly runUrl: string;
}

interface ChangesContext extends ViewContext {
  readonly isShown: (incident: Incident) => boolean;
}

/**
 * The entities of all incidents that are not the same in both. One that is gone was forgotten: if it was not closed before, it is
 * closed now.
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

/** null clears what an earlier state has set. */
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
      // A timer that is over would expire at once, start a run that writes it again, and so on.
      [DUE]: due === undefined || due <= now ? null : time(due),
      [ACKNOWLEDGED]: acknowledged,
      acknowledgedBy: acknowledged ? (ack?.by ?? null) : null,
      [SILENCED_UNTIL]: silence !== undefined && isSilenced(incident, now) ? time(silence.until) : null,
    },
    // It may be over because its entity was deleted, and Port refuses a relation to what is not there.
    relations: state === 'closed' ? {} : {[blueprint]: entity},
  };
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
