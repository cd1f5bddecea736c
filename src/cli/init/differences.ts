/** Compares existing objects in Port with the wanted ones. Pure. */
import {isObject, isSameJson} from '../../base/json.ts';
import {clip} from '../../base/text/show.ts';

/** A value that differs. `path` is a jq path without the leading dot. */
export interface SetupDifference {
  readonly path: string;
  readonly existing: unknown;
  readonly wanted: unknown;
}

/**
 * The values of `wanted` that `existing` does not have. Additional values of `existing` are ignored, because Port adds defaults
 * and timestamps. Lists are compared as a whole.
 */
export function setupDifferences(existing: unknown, wanted: unknown, path = ''): SetupDifference[] {
  if (isObject(existing) && isObject(wanted)) {
    return Object.entries(wanted).flatMap(([key, value]) =>
      setupDifferences(Object.hasOwn(existing, key) ? existing[key] : undefined, value, step(path, key)),
    );
  }
  return isSameJson(existing, wanted) ? [] : [{path, existing, wanted}];
}

/** `trigger.event.type: "ENTITY_UPDATED" → "ANY_ENTITY_CHANGE"`. */
export function describeDifference({path, existing, wanted}: SetupDifference): string {
  return `${path}: ${show(existing)} → ${show(wanted)}`;
}

function step(path: string, key: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key);
  const part = isPlain ? key : `[${JSON.stringify(key)}]`;
  return path === '' || !isPlain ? `${path}${part}` : `${path}.${part}`;
}

function show(value: unknown): string {
  return value === undefined ? 'not set' : clip(JSON.stringify(value), 1_000);
}
