/**
 * Change: which values of a change are read, as paths, and whether any of them was cut. A condition that can read a cut value
 * cannot be decided. Pure.
 */
import {type Change, SIDES} from './change.ts';

/** Matches any name: either all names are read, or the name is computed. */
export const ANY = '*';

/**
 * Names from the change down: `['after', 'properties', 'locked']`, `['team']`. A path includes everything below it, so `[]`
 * is the whole change. `['from']` and `['to']` are the two sides of the rule's property. Names are case-insensitive.
 */
export type ReadPath = readonly string[];
export type Reads = readonly ReadPath[];

/** The paths of the property before and after. */
export function bothSides(property: string): Reads {
  return SIDES.map(side => [side, 'properties', property]);
}

/** Replaces `from` and `to` with the paths of the two sides of the rule's property. */
export function resolveReads(reads: Reads, property: string | undefined): Reads {
  return reads.flatMap(path => {
    const side = path[0] === 'from' ? 'before' : path[0] === 'to' ? 'after' : undefined;
    if (side === undefined) return [path];
    return property === undefined ? [] : [[side, 'properties', property, ...path.slice(1)]];
  });
}

/**
 * The first value that is read but was cut, as written in a rule: `after.properties.readme`, `change.team`. Undefined if none
 * of the read values was cut.
 * @param reads resolved by {@link resolveReads}
 */
export function cutAmong(change: Change, reads: Reads): string | undefined {
  for (const mark of change.truncated ?? []) {
    const cut = pathOfMark(mark);
    const path = reads.find(path => overlaps(path, cut) && !isKept(change, path, cut));
    if (path !== undefined) return showPath(path.length > cut.length || cut.at(-1) === ANY ? path : cut);
  }
  return undefined;
}

/** Whether any value at or below the path is read. */
export function isRead(reads: Reads, path: ReadPath): boolean {
  return reads.some(read => overlaps(read, path));
}

/** Which values of a part of the entity are read, on at least one side. */
export interface NamesRead {
  /** True if all values are read, because of a whole object, `*` or a computed name. */
  readonly all: boolean;
  /** The names in lower case. */
  readonly names: ReadonlySet<string>;
  /** The same names as written. */
  readonly written: readonly string[];
}

export function namesRead(reads: Reads, part: 'properties' | 'relations'): NamesRead {
  const within = reads.filter(path => overlaps(path.slice(0, 2), [ANY, part]) && !isText(path));
  const written = within.flatMap(([, , name = ANY]) => (name === ANY ? [] : [name]));
  return {
    all: within.some(([, , name = ANY]) => name === ANY),
    names: new Set(written.map(name => name.toLowerCase())),
    written: [...new Set(written)],
  };
}

/** Whether the path is that of a text next to the two sides, such as `title` or `team`. */
function isText([name]: ReadPath): boolean {
  return name !== undefined && name !== ANY && !SIDES.some(side => isSameName(side, name));
}

/** Whether one of the two paths includes the other. */
function overlaps(a: ReadPath, b: ReadPath): boolean {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    if (!isSameName(a[index] ?? '', b[index] ?? '')) return false;
  }
  return true;
}

function isSameName(a: string, b: string): boolean {
  return a === ANY || b === ANY || a.toLowerCase() === b.toLowerCase();
}

/** Parses a mark. Names of properties can contain dots. */
function pathOfMark(mark: string): ReadPath {
  const [, side, part, name] = /^(before|after)\.(properties|relations)\.([\s\S]*)$/.exec(mark) ?? [];
  return side === undefined || part === undefined || name === undefined ? mark.split('.') : [side, part, name];
}

/** Whether the value is still present. `before.properties.*` drops only some of the values. */
function isKept(change: Change, [side, part, name = ANY]: ReadPath, cut: ReadPath): boolean {
  if (cut.at(-1) !== ANY || name === ANY) return false;
  const snapshot = side?.toLowerCase() === 'before' ? change.before : change.after;
  const values = part?.toLowerCase() === 'relations' ? snapshot?.relations : snapshot?.properties;
  return Object.keys(values ?? {}).some(key => isSameName(key, name));
}

function showPath(path: ReadPath): string {
  const names = path.at(-1) === ANY ? path.slice(0, -1) : path;
  const isSide = names[0] !== undefined && SIDES.some(side => side === names[0]?.toLowerCase());
  return (isSide ? names : ['change', ...names]).join('.');
}
