/** A change for tests: a builder that hides what is beside the point. */
import {type Change, contentId, type Snapshot, type Values} from '../../src/change/change.ts';

/** Any part of a {@link Change}, and the transition of one property. */
export interface ChangeOptions extends Partial<Change> {
  /** The property that changes; `healthStatus` unless told. */
  readonly property?: string;
  /** Its value before; undefined leaves it out of the entity. */
  readonly from?: unknown;
  /** Its value after; undefined leaves it out of the entity. */
  readonly to?: unknown;
  /** Other properties, the same before and after. */
  readonly properties?: Values;
}

/**
 * The guide's `notification-service-prod` going from Healthy to Degraded, but for what is told otherwise. A CREATE has no
 * `before`, a DELETE no `after`, an expired timer neither. Different changes get different ids.
 */
export function aChange(options: ChangeOptions = {}): Change {
  const {property = 'healthStatus', from, to, properties = {}, ...told} = options;
  const side = (key: 'from' | 'to', usual: string): Snapshot => {
    const value = key in options ? options[key] : usual;
    return {properties: withValue(properties, property, value), relations: {}};
  };
  const action = told.action ?? 'UPDATE';
  const hasBefore = action === 'UPDATE' || action === 'DELETE';
  const hasAfter = action === 'UPDATE' || action === 'CREATE';
  const change = {
    source: 'automation',
    action,
    blueprint: 'deploymentConfig',
    entity: 'notification-service-prod',
    title: 'Notification Service Production',
    team: [],
    at: '2026-11-20T12:28:18.477Z',
    by: {userId: 'auth0|0123456789abcdef01234567'},
    origin: 'UI',
    before: hasBefore ? side('from', 'Healthy') : null,
    after: hasAfter ? side('to', 'Degraded') : null,
    ...told,
  } satisfies Omit<Change, 'id'>;
  return {id: told.runId ?? contentId(change), ...change};
}

/** Sets a key of any name, `__proto__` among them. */
function withValue(values: Values, name: string, value: unknown): Values {
  return value === undefined ? values : Object.fromEntries([...Object.entries(values), [name, value]]);
}

/** Names that have broken programs, beside ordinary ones. */
export const HOSTILE_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '',
  '*',
  'a.b',
  '0',
];
