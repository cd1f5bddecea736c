/** Change: what happened to one entity of the catalog, independent of the format in which Port reported it. */
import {createHash} from 'node:crypto';
import {canonicalJson, isSameJson} from '../base/json.ts';

export const CHANGE_ACTIONS = ['CREATE', 'UPDATE', 'DELETE', 'TIMER_EXPIRED'] as const;
export type ChangeAction = (typeof CHANGE_ACTIONS)[number];

export const CHANGE_SOURCES = ['automation', 'changelog', 'workflow', 'audit', 'drill'] as const;
export type ChangeSource = (typeof CHANGE_SOURCES)[number];

/**
 * Values by names that catalog owners choose. Keys can be `__proto__` or `constructor`: read with {@link propertyOf} and copy
 * with `Object.fromEntries`. Never assign or merge.
 */
export type Values = Readonly<Record<string, unknown>>;

/** An entity before or after the change. */
export interface Snapshot {
  /** Present only if it differs from the title of the {@link Change}. Null if there is no title. */
  readonly title?: string | null;
  /** Present only if it differs from the team of the {@link Change}. */
  readonly team?: readonly string[];
  readonly properties: Values;
  readonly relations: Values;
}

/** The two sides of a change, and the parts of each. */
export const SIDES = ['before', 'after'] as const;
export const PARTS = ['properties', 'relations'] as const;
export type Part = (typeof PARTS)[number];

/** Who made the change. `byPort` is true for Port itself, for example for timers. */
export interface Actor {
  readonly userId?: string;
  readonly email?: string;
  readonly byPort?: boolean;
}

/** A change of one entity, as sent in `client_payload.changes`. */
export interface Change {
  /** Port's run id if there is one, otherwise {@link contentId}. */
  readonly id: string;
  /** The automation (or workflow node) run that reported the change. It is closed once the change is decided. */
  readonly runId?: string;
  readonly source: ChangeSource;
  readonly action: ChangeAction;
  readonly blueprint: string;
  readonly entity: string;
  readonly title: string;
  readonly team: readonly string[];
  /** ISO 8601, as Port sent it. */
  readonly at: string;
  readonly by: Actor;
  readonly origin: string;
  readonly before: Snapshot | null;
  readonly after: Snapshot | null;
  /** The timer property that expired, if Port reports it. */
  readonly timer?: string;
  /**
   * The values that were cut to stay within GitHub's limit: `before.properties.readme`, or `before.properties.*` for all
   * unwatched properties.
   */
  readonly truncated?: readonly string[];
}

/** The value of an own property. Undefined if the snapshot or the property is absent. */
export function propertyOf(values: Values | undefined, name: string): unknown {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

/**
 * An id for a change without a run. The same change has the same id in every delivery. 32 hexadecimal digits of SHA-256 over
 * blueprint, entity, action, time, timer and difference. Values that did not change are not hashed: they are most of an
 * entity, and hashing them would cost the relay more than all its other work.
 */
export function contentId(change: Omit<Change, 'id'>): string {
  const {blueprint, entity, action, at, timer, before, after} = change;
  const sides = [without(before, after, change), without(after, before, change)];
  const content = canonicalJson([blueprint, entity, action, at, timer, ...sides]);
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

type Usual = Pick<Change, 'title' | 'team'>;

function without(snapshot: Snapshot | null, other: Snapshot | null, usual: Usual): Partial<Snapshot> | null {
  if (snapshot === null || other === null) return snapshot;
  const [{title, team}, others] = [
    {...usual, ...snapshot},
    {...usual, ...other},
  ];
  return {
    ...(title === others.title ? {} : {title}),
    ...(isSameJson(team, others.team) ? {} : {team}),
    properties: differing(snapshot.properties, other.properties),
    relations: differing(snapshot.relations, other.relations),
  };
}

function differing(values: Values, others: Values): Values {
  // An inherited member never equals a JSON value, so the first comparison needs no check for own properties.
  const names = Object.keys(values).filter(
    name => values[name] !== others[name] && !isSameJson(values[name], propertyOf(others, name)),
  );
  return Object.fromEntries(names.map(name => [name, values[name]]));
}
