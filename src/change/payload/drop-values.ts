/** Drops the values of a change that nothing reads, with one mark for each side and part. */
import {type Change, PARTS, type Part, propertyOf, SIDES, type Snapshot} from '../change.ts';
import {bothSides, namesRead, type Reads} from '../reads.ts';
import {changedProperties} from '../transition.ts';
import {byteLength, marks} from './cut-mark.ts';

/** Whether to keep a value. */
export type Keeps = (part: Part, name: string, value: unknown) => boolean;

/** Whether a value is read, by part and name, on either side. */
export function createIsRead(reads: Reads): (part: Part, name: string) => boolean {
  const read = {properties: namesRead(reads, 'properties'), relations: namesRead(reads, 'relations')};
  return (part, name) => read[part].all || read[part].names.has(name.toLowerCase());
}

/**
 * Drops the values that `keeps` rejects, with one mark for each side and part. A name that is read but not set becomes null,
 * to distinguish it from a dropped value.
 */
export function drop(change: Change, reads: Reads, keeps: Keeps): Change {
  const dropped: string[] = [];
  const side = (name: (typeof SIDES)[number]): Snapshot | null => {
    const snapshot = change[name];
    if (snapshot === null) return null;
    const part = (part: Part) => {
      const values = snapshot[part];
      const kept = Object.entries(values).filter(([key, value]) => keeps(part, key, value));
      if (kept.length === Object.keys(values).length) return values;
      dropped.push(`${name}.${part}.*`);
      const unset = namesRead(reads, part).written.filter(key => !Object.hasOwn(values, key) && keeps(part, key, null));
      return Object.fromEntries([...kept, ...unset.map(key => [key, null])]);
    };
    return {...snapshot, properties: part('properties'), relations: part('relations')};
  };
  const [before, after] = [side('before'), side('after')];
  return {...change, before, after, truncated: marks(change, dropped)};
}

/** Keeps as many of the read values as fit, shortest first. Without rules, thousands of values can count as read. */
export function keepShortest(change: Change, reads: Reads, room: number): Change {
  const bare = drop(change, [], () => false);
  let left = room - byteLength(bare);
  const kept = new Set<string>();
  for (const {part, name, size} of readValues(change, reads).toSorted((a, b) => a.size - b.size)) {
    left -= size;
    if (left >= 0) kept.add(keyOf(part, name));
  }
  return drop(change, reads, (part, name) => kept.has(keyOf(part, name)));
}

/** The read values with their total bytes on both sides. Names that differ only in case count as one. */
function readValues(change: Change, reads: Reads): {part: Part; name: string; size: number}[] {
  const isReadAt = createIsRead(reads);
  return PARTS.flatMap(part => {
    const sizes = new Map<string, number>();
    for (const side of SIDES) {
      const values = change[side]?.[part] ?? {};
      for (const name of new Set([...Object.keys(values), ...namesRead(reads, part).written])) {
        if (!isReadAt(part, name)) continue;
        const size = byteLength(name) + byteLength(propertyOf(values, name) ?? null) + 2;
        sizes.set(name.toLowerCase(), (sizes.get(name.toLowerCase()) ?? 0) + size);
      }
    }
    return Array.from(sizes, ([name, size]) => ({part, name, size}));
  });
}

function keyOf(part: Part, name: string): string {
  return `${part}.${name.toLowerCase()}`;
}

/** Drops unchanged values that nothing reads. Keeps links and relations. Returns the same object if nothing was dropped. */
export function leaveOutUnread(change: Change, reads: Reads): Change {
  const kept = [...reads, ...changedProperties(change).flatMap(bothSides)];
  const isKept = createIsRead(kept);
  const lean = drop(
    change,
    kept,
    (part, name, value) => part === 'relations' || isKept(part, name) || isShortLink(value),
  );
  return lean.truncated?.length === (change.truncated?.length ?? 0) ? change : lean;
}

/** Short links are kept because they help the reader of a message. */
export function isShortLink(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 500 && /^https?:\/\//i.test(value);
}
