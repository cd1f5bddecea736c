/** A change cut to a size, first of what nothing reads. What went is named in `truncated`, and a digest stands for it. */
import {PayloadError} from '../../base/errors.ts';
import {isSameJson} from '../../base/json.ts';
import {clip} from '../../base/text.ts';
import {type Change, PARTS, propertyOf, SIDES, type Snapshot} from '../change.ts';
import {bothSides, isRead, namesRead, type ReadPath, type Reads} from '../reads.ts';
import {changedProperties} from '../transition.ts';
import {byteLength, markLength, markOf} from './cut-mark.ts';

/** How many values that nothing reads are cut one by one. Beyond, all of them are dropped, under one mark. */
const MAX_NAMED_CUTS = 32;

type Part = (typeof PARTS)[number];
/** Whether a value stays, by its name. */
type Keeps = (part: Part, name: string, value: unknown) => boolean;

/**
 * The first of ever poorer forms that fits `room` bytes of JSON.
 * @param reads what rules, routes and templates may read: it goes last
 * @throws {PayloadError} if not even the poorest fits
 */
export function fitChange(change: Change, reads: Reads, room: number): Change {
  const isReadAt = createIsRead(reads);
  const mayCut = (part: Part, name: string, values: readonly unknown[]) =>
    !isReadAt(part, name) && !values.every(value => value === null || isLink(value));
  const cutUnread = (whole: Change) => cutLargest(whole, {mayCut, room, most: MAX_NAMED_CUTS});
  const dropUnread = (whole: Change, keeps: Keeps) =>
    drop(whole, reads, (part, name, value) => isReadAt(part, name) || keeps(part, name, value));
  const clipped = () => clipTexts(change, path => !isRead(reads, path));
  const clippedAll = () => clipTexts(change, () => true);
  const whole = [() => change, () => cutUnread(change), () => cutUnread(clipped())];
  const withAllRead = [
    () => dropUnread(clipped(), (part, _, value) => part === 'relations' || isLink(value)),
    () => dropUnread(clipped(), (part, _, value) => part === 'properties' && isLink(value)),
    () => dropUnread(clippedAll(), () => false),
    () =>
      cutLargest(
        dropUnread(clippedAll(), () => false),
        {mayCut: () => true, room},
      ),
  ];
  // Tens of thousands of values are not tried out one by one, which would take seconds.
  const forms = [
    ...(hasRoomFor(
      countValues(change, () => true),
      room,
    )
      ? whole
      : []),
    ...(hasRoomFor(countValues(change, isReadAt), room) ? withAllRead : []),
    () => keepShortest(clippedAll(), reads, room),
  ];
  for (const form of forms) {
    const fitted = form();
    if (fitted !== undefined && byteLength(fitted) <= room) return fitted;
  }
  throw new PayloadError('', `The change does not fit ${room} bytes even without its properties`);
}

/** `"":0,` */
const MIN_MEMBER_BYTES = 5;

/** Whether so many values can fit at all, however short they are. */
function hasRoomFor(values: number, room: number): boolean {
  return values * MIN_MEMBER_BYTES <= room;
}

function countValues(change: Change, counts: (part: Part, name: string) => boolean): number {
  let count = 0;
  for (const side of SIDES) {
    for (const part of PARTS)
      for (const name of Object.keys(change[side]?.[part] ?? {})) if (counts(part, name)) count++;
  }
  return count;
}

/** By part and name, on either side. */
function createIsRead(reads: Reads): (part: Part, name: string) => boolean {
  const read = {properties: namesRead(reads, 'properties'), relations: namesRead(reads, 'relations')};
  return (part, name) => read[part].all || read[part].names.has(name.toLowerCase());
}

interface Cutting {
  readonly mayCut: (part: Part, name: string, values: readonly unknown[]) => boolean;
  readonly room: number;
  /** How many values may be cut. */
  readonly most?: number;
}

/**
 * Cuts the largest values that may go until it fits, on both sides if both are longer than a mark. Equal values are equally
 * long, so they are cut on both sides and stay equal. Undefined if more than `most` values would have to be cut.
 */
function cutLargest(change: Change, {mayCut, room, most = Number.POSITIVE_INFINITY}: Cutting): Change | undefined {
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

/** What could be cut, on the sides where it is, and how many bytes that would save. */
function cutsIn(change: Change, part: Part, mayCut: Cutting['mayCut']): {paths: string[]; saving: number}[] {
  const names = new Set(SIDES.flatMap(side => Object.keys(change[side]?.[part] ?? {})));
  names.delete('*'); // its mark would say that all are gone
  return [...names].flatMap(name => {
    const found = SIDES.flatMap(side => {
      const values = change[side]?.[part] ?? {};
      return Object.hasOwn(values, name) ? [{path: `${side}.${part}.${name}`, value: values[name]}] : [];
    });
    const values = found.map(({value}) => value);
    if (!mayCut(part, name, values)) return [];
    // A value that is shorter than its mark stays: a number is never cut, so a threshold can always be decided.
    const cut = found
      .map(({path, value}) => ({path, bytes: byteLength(value)}))
      .filter(({bytes}) => bytes > markLength(bytes));
    const saving = cut.reduce((sum, {path, bytes}) => sum + savingOf(path, bytes), 0);
    return [{paths: cut.map(({path}) => path), saving}];
  });
}

/** A mark takes the value's place, and its path and a comma stand in `truncated`. */
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

/**
 * Drops all values that do not stay, under one mark for each side and part. What is read by its name and is not set stands
 * there as null: that it is not set stays known.
 */
function drop(change: Change, reads: Reads, keeps: Keeps): Change {
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

/** The shortest of the values that are read, as many as fit: thousands may have changed if no rules are known. */
function keepShortest(change: Change, reads: Reads, room: number): Change {
  const bare = drop(change, [], () => false);
  let left = room - byteLength(bare);
  const kept = new Set<string>();
  for (const {part, name, size} of readValues(change, reads).toSorted((a, b) => a.size - b.size)) {
    left -= size;
    if (left >= 0) kept.add(keyOf(part, name));
  }
  return drop(change, reads, (part, name) => kept.has(keyOf(part, name)));
}

/** What is read, by part and name, and how many bytes it takes on both sides. Names that differ only in letter case are one. */
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

/**
 * Without the values that did not change and that nothing reads. Links and relations stay. The change itself if
 * nothing was left out.
 */
export function leaveOutUnread(change: Change, reads: Reads): Change {
  const kept = [...reads, ...changedProperties(change).flatMap(bothSides)];
  const isKept = createIsRead(kept);
  const lean = drop(change, kept, (part, name, value) => part === 'relations' || isKept(part, name) || isLink(value));
  return lean.truncated?.length === (change.truncated?.length ?? 0) ? change : lean;
}

const CLIPPED = ['title', 'team', 'by', 'origin', 'timer'] as const;

/**
 * Texts that are rarely long. Blueprint, entity, time and run id are bounded by the parser.
 * @param mayClip whether a text may be clipped, by its path
 */
function clipTexts(change: Change, mayClip: (path: ReadPath) => boolean): Change {
  const paths: string[] = [];
  const clipAll = <T extends object>(owner: T, keys: readonly (keyof T & string)[], at: ReadPath): T => {
    const clipped = keys.flatMap(key => {
      const value = clipValue(owner[key]);
      if (!mayClip([...at, key]) || isSameJson(value, owner[key])) return [];
      paths.push([...at, key].join('.'));
      return [[key, value]];
    });
    return clipped.length === 0 ? owner : {...owner, ...Object.fromEntries(clipped)};
  };
  const texts = clipAll(change, CLIPPED, []);
  const side = (name: (typeof SIDES)[number]) => change[name] && clipAll(change[name], ['title', 'team'], [name]);
  const clipped = {...texts, before: side('before'), after: side('after')};
  return paths.length === 0 ? change : {...clipped, truncated: marks(change, paths)};
}

/** Of a list, the first 20. Of a mapping, each text. */
function clipValue(value: unknown): unknown {
  if (typeof value === 'string') return clip(value, 200);
  if (Array.isArray(value)) return value.slice(0, 20).map(name => clip(String(name), 100));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, clipValue(text)]));
}

function marks(change: Change, paths: readonly string[]): string[] {
  return [...new Set([...(change.truncated ?? []), ...paths])];
}

/** Links help the reader of a message, and are short. */
function isLink(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 500 && /^https?:\/\//i.test(value);
}
