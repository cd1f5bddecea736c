/** Parse: limits the nesting depth of every incoming snapshot, so that later code can use recursion. */
import {PayloadError} from '../../base/errors.ts';
import {isDeeperThan, MAX_DEPTH} from '../../base/json.ts';
import {showValue} from '../../base/text/show.ts';
import type {Snapshot} from '../change.ts';

/**
 * Returns the snapshot.
 * @param where the path of the snapshot
 * @throws {PayloadError} with the path of the value that is nested too deeply
 */
export function requireShallow(snapshot: Snapshot, where: string): Snapshot {
  for (const part of ['properties', 'relations'] as const) {
    const values = snapshot[part];
    // Iterates names instead of entries for speed: every name of every webhook is checked, and most values are not objects.
    for (const name of Object.keys(values)) {
      const value = values[name];
      if (typeof value !== 'object' || !isDeeperThan(MAX_DEPTH, value)) continue;
      throw new PayloadError(
        `${where}.${part}.${showValue(name, 100)}`,
        `is nested more than ${MAX_DEPTH} levels deep`,
      );
    }
  }
  return snapshot;
}
