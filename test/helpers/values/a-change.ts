/** A change for tests: a builder with defaults for the parts that a test is not about. */
import {type Change, contentId, type Snapshot, type Values} from '../../../src/change/change.ts';

/** Any part of a {@link Change}, and the transition of one property. */
export interface ChangeOptions extends Partial<Change> {
  /** The property that changes, by default `healthStatus`. */
  readonly property?: string;
  /** Its value before. The entity does not have it if it is undefined. */
  readonly from?: unknown;
  /** Its value after. The entity does not have it if it is undefined. */
  readonly to?: unknown;
  /** Other properties, the same before and after. */
  readonly properties?: Values;
}

/**
 * The `notification-service-prod` of the guide goes from Healthy to Degraded, except for the options. A CREATE has no
 * `before`, a DELETE no `after`, an expired timer neither. Different changes get different ids.
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

/** Sets a key with any name, also `__proto__`. */
function withValue(values: Values, name: string, value: unknown): Values {
  return value === undefined ? values : Object.fromEntries([...Object.entries(values), [name, value]]);
}

/** Names that break programs, and ordinary ones. */
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
