/** Cuts the largest values of a change one by one until the change fits. */
import {type Change, PARTS, type Part, SIDES, type Snapshot} from '../change.ts';
import {byteLength, markLength, markOf, marks} from './cut-mark.ts';

export interface Cutting {
  readonly mayCut: (part: Part, name: string, values: readonly unknown[]) => boolean;
  readonly room: number;
  /** The maximum number of values to cut. */
  readonly most?: number;
}

/**
 * Cuts the largest values for which `mayCut` holds until the change fits, on each side that is longer than a mark. Equal
 * values have equal length, so they are cut on both sides and stay equal. Undefined if more than `most` values would have to
 * be cut.
 */
export function cutLargest(
  change: Change,
  {mayCut, room, most = Number.POSITIVE_INFINITY}: Cutting,
): Change | undefined {
  const candidates = PARTS.flatMap(part => cutsIn(change, part, mayCut)).filter(({saving}) => saving > 0);
  let excess = byteLength({...change, truncated: marks(change, [])}) - room;
  const paths: string[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.saving - a.saving).slice(0, most)) {
    if (excess <= 0) break;
    paths.push(...candidate.paths);
    excess -= candidate.saving;
  }
  return excess > 0 ? undefined : cutNamed(change, paths);
}

/** The values that can be cut, on each side that has them, and the number of bytes saved. */
function cutsIn(change: Change, part: Part, mayCut: Cutting['mayCut']): {paths: string[]; saving: number}[] {
  const names = new Set(SIDES.flatMap(side => Object.keys(change[side]?.[part] ?? {})));
  names.delete('*'); // its mark would mean that all values were cut
  return [...names].flatMap(name => {
    const found = SIDES.flatMap(side => {
      const values = change[side]?.[part] ?? {};
      return Object.hasOwn(values, name) ? [{path: `${side}.${part}.${name}`, value: values[name]}] : [];
    });
    const values = found.map(({value}) => value);
    if (!mayCut(part, name, values)) return [];
    // A value that is shorter than its mark is not cut. So a number is never cut, and a threshold can always be decided.
    const cut = found
      .map(({path, value}) => ({path, bytes: byteLength(value)}))
      .filter(({bytes}) => bytes > markLength(bytes));
    const saving = cut.reduce((sum, {path, bytes}) => sum + savingOf(path, bytes), 0);
    return [{paths: cut.map(({path}) => path), saving}];
  });
}

/** A mark replaces the value, and `truncated` gets its path and a comma. */
function savingOf(path: string, bytes: number): number {
  return bytes - markLength(bytes) - byteLength(path) - 1;
}

function cutNamed(change: Change, paths: readonly string[]): Change {
  const named = new Set(paths);
  const cut = (side: (typeof SIDES)[number]): Snapshot | null => {
    const snapshot = change[side];
    if (snapshot === null) return null;
    const part = (name: Part) =>
      Object.fromEntries(
        Object.entries(snapshot[name]).map(([key, value]) =>
          named.has(`${side}.${name}.${key}`) ? [key, markOf(value)] : [key, value],
        ),
      );
    return {...snapshot, properties: part('properties'), relations: part('relations')};
  };
  return {...change, before: cut('before'), after: cut('after'), truncated: marks(change, paths)};
}
