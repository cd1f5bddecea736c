/** Parse: the bound on how deeply a snapshot is nested, applied to every change that enters, so that later code can recurse. */
import {PayloadError} from '../../base/errors.ts';
import {isDeeperThan, MAX_DEPTH} from '../../base/json.ts';
import {showValue} from '../../base/text.ts';
import type {Snapshot} from '../change.ts';

/**
 * The snapshot itself.
 * @throws {PayloadError} naming the value that is nested too deeply. `where` is the path of the snapshot
 */
export function requireShallow(snapshot: Snapshot, where: string): Snapshot {
  for (const part of ['properties', 'relations'] as const) {
    const values = snapshot[part];
    // Not by entries: of every webhook, all names pass here, and most values are not objects.
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
