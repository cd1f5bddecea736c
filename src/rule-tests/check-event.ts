/** Checks events in rule tests. Reading an event ignores a mistyped key, so the test could pass by accident. Pure. */
import {isObject, type JsonObject} from '../base/json.ts';
import {nearest} from '../base/text/nearest.ts';
import type {FoundProblem} from '../rules/problem.ts';

/** The known keys in a part of an event. Port and agents add others. */
interface Part {
  readonly read: readonly string[];
  /** Keys that Port adds and that look similar to a known key. */
  readonly others?: readonly string[];
  /** The nested parts, by key. */
  readonly parts?: Readonly<Record<string, () => Part>>;
}

const SNAPSHOT: Part = {read: ['title', 'team', 'properties', 'relations']};
const SIDES = {before: () => SNAPSHOT, after: () => SNAPSHOT};
const ACTOR: Part = {read: ['userId', 'user', 'byPort'], others: ['orgId', 'port']};

/** The keys of Port's messages (test/fixtures/port), which are the same in all wrappings. */
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

/** Reports keys that are similar to a missing known key. Other unknown keys are allowed. @param event any parsed JSON */
export function checkEvent(event: unknown): FoundProblem[] {
  return isObject(event) ? checkPart(event, MESSAGE, []) : [];
}

function checkPart(value: JsonObject, part: Part, path: readonly PropertyKey[]): FoundProblem[] {
  const missing = part.read.filter(key => !Object.hasOwn(value, key));
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, key];
    const below = part.parts !== undefined && Object.hasOwn(part.parts, key) ? part.parts[key]?.() : undefined;
    if (below !== undefined) return checkChildren(inner, below, at);
    if (part.read.includes(key) || part.others?.includes(key)) return [];
    const near = nearest(key, missing);
    if (near === undefined) return [];
    return [{path: at, atKey: true, message: `"${key}" is not a key of Port's events here. Did you mean "${near}"?`}];
  });
}

function checkChildren(value: unknown, part: Part, path: readonly PropertyKey[]): FoundProblem[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => checkChildren(item, part, [...path, index]));
  return isObject(value) ? checkPart(value, part, path) : [];
}
