/** Checks of events in rule tests: a mistyped key is ignored when an event is read, and the test then passes for no reason. Pure. */
import {isObject, type JsonObject} from '../base/json.ts';
import {nearest} from '../base/nearest.ts';
import type {FoundProblem} from '../rules/problem.ts';

/** The keys that are read in a part of an event. Port and agents add others. */
interface Part {
  readonly read: readonly string[];
  /** What Port is known to add that looks like one of them. */
  readonly others?: readonly string[];
  /** The parts below, by their key. */
  readonly parts?: Readonly<Record<string, () => Part>>;
}

const SNAPSHOT: Part = {read: ['title', 'team', 'properties', 'relations']};
const SIDES = {before: () => SNAPSHOT, after: () => SNAPSHOT};
const ACTOR: Part = {read: ['userId', 'user', 'byPort'], others: ['orgId', 'port']};

/** Whatever the event is wrapped in holds the same keys: they are those of Port's messages (test/fixtures/port). */
const MESSAGE: Part = {
  read: ['action', 'context', 'diff', 'trigger', 'additionalData', 'runId'],
  parts: {
    context: () => ({
      read: ['blueprintIdentifier', 'entityIdentifier', 'propertyIdentifier', 'blueprint', 'entity'],
      others: ['blueprintId', 'entityId', 'runId'],
    }),
    diff: () => ({read: ['before', 'after'], parts: SIDES}),
    trigger: () => ({read: ['by', 'origin', 'at'], parts: {by: () => ACTOR}}),
    ...Object.fromEntries(
      ['event', 'port', 'port_payload', 'payload', 'client_payload', 'inputs'].map(key => [key, () => MESSAGE]),
    ),
    changes: () => CHANGE,
  },
};

/** A change of a client payload. */
const CHANGE: Part = {
  read: [
    'action',
    'blueprint',
    'entity',
    'title',
    'team',
    'at',
    'by',
    'origin',
    'before',
    'after',
    'timer',
    'truncated',
  ],
  parts: {...SIDES, by: () => ACTOR},
};

/**
 * Keys that are nearly one that is read, and stand in its place. Keys that are far from all of them are allowed.
 * @param event parsed JSON, of any shape
 */
export function checkEvent(event: unknown): FoundProblem[] {
  return isObject(event) ? checkPart(event, MESSAGE, []) : [];
}

function checkPart(value: JsonObject, part: Part, path: readonly PropertyKey[]): FoundProblem[] {
  const missing = part.read.filter(key => !Object.hasOwn(value, key));
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, key];
    const below = part.parts !== undefined && Object.hasOwn(part.parts, key) ? part.parts[key]?.() : undefined;
    if (below !== undefined) return checkBelow(inner, below, at);
    if (part.read.includes(key) || part.others?.includes(key)) return [];
    const near = nearest(key, missing);
    if (near === undefined) return [];
    return [{path: at, atKey: true, message: `"${key}" is not a key of Port's here. Did you mean "${near}"?`}];
  });
}

function checkBelow(value: unknown, part: Part, path: readonly PropertyKey[]): FoundProblem[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => checkBelow(item, part, [...path, index]));
  return isObject(value) ? checkPart(value, part, path) : [];
}
