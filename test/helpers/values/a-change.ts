/** Builds changes for tests, with defaults for the parts that a test does not set. */
import {type Change, contentId, type Snapshot, type Values} from '../../../src/change/change.ts';

/** Any part of a {@link Change}, and the transition of one property. */
export interface ChangeOptions extends Partial<Change> {
  /** The property that changes, by default `healthStatus`. */
  readonly property?: string;
  /** The old value. If undefined, the entity did not have the property. */
  readonly from?: unknown;
  /** The new value. If undefined, the entity does not have the property. */
  readonly to?: unknown;
  /** Other properties, with the same values before and after. */
  readonly properties?: Values;
}

/**
 * By default, `notification-service-prod` changes from Healthy to Degraded. A CREATE has no `before`, a DELETE no `after`, and an
 * expired timer neither. Different changes get different ids.
 */
export function aChange(options: ChangeOptions = {}): Change {
  const {property = 'healthStatus', from, to, properties = {}, ...given} = options;
  const side = (key: 'from' | 'to', usual: string): Snapshot => {
    const value = key in options ? options[key] : usual;
    return {properties: withValue(properties, property, value), relations: {}};
  };
  const action = given.action ?? 'UPDATE';
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
    ...given,
  } satisfies Omit<Change, 'id'>;
  return {id: given.runId ?? contentId(change), ...change};
}

/** Sets a key with any name, including `__proto__`. */
function withValue(values: Values, name: string, value: unknown): Values {
  return value === undefined ? values : Object.fromEntries([...Object.entries(values), [name, value]]);
}

/** Names that often break programs, and ordinary names. */
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
