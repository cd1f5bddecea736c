/** A change cut to a size, where no rule looks first; what went is named in `truncated`, and a digest stands for it. */
import {createHash} from 'node:crypto';
import {PayloadError} from '../errors.ts';
import {clip} from '../text.ts';
import {type Change, propertyOf, type Snapshot} from './change.ts';
import {canonicalJson, isSameJson} from './json.ts';
import {changedProperties} from './transition.ts';

/** How many unwatched values are cut one by one; beyond, all that no rule watches is dropped, under one mark. */
const MAX_NAMED_CUTS = 32;

const SIDES = ['before', 'after'] as const;
const PARTS = ['properties', 'relations'] as const;

/**
 * The first of ever poorer forms that fits `room` bytes of JSON.
 * @param watched the names of properties that rules look at
 * @throws {PayloadError} where not even the poorest does
 */
export function fitChange(change: Change, watched: ReadonlySet<string>, room: number): Change {
  const keeps = keeping(watched);
  const isUnwatched = (name: string, values: readonly unknown[]) =>
    !keeps(name) && !values.every(value => value === null || isLink(value));
  const clipped = () => clipTexts(change);
  const forms = [
    () => change,
    () => cutLargest(change, isUnwatched, room, MAX_NAMED_CUTS),
    () => cutLargest(clipped(), isUnwatched, room, MAX_NAMED_CUTS),
    () => dropUnwatched(clipped(), watched, {links: true, relations: true}),
    () => dropUnwatched(clipped(), watched, {links: true, relations: false}),
    () => cutLargest(dropUnwatched(clipped(), watched, {links: false, relations: false}), () => true, room),
    () => keepShortest(clipped(), watched, room),
  ];
  for (const form of forms) {
    const fitted = form();
    if (fitted !== undefined && byteLength(fitted) <= room) return fitted;
  }
  throw new PayloadError('', `The change does not fit ${room} bytes even without its properties`);
}

/**
 * Without the properties that did not change and that nothing reads; links stay. The change itself if there are none.
 * @param readable the names of properties that a rule, a route or a template may read
 */
export function leaveOutUnread(change: Change, readable: ReadonlySet<string>): Change {
  const kept = new Set([...readable, ...changedProperties(change)]);
  const lean = dropUnwatched(change, kept, {links: true, relations: true});
  return lean.truncated.length === (change.truncated?.length ?? 0) ? change : lean;
}

/**
 * Cuts the largest values that may go until it fits, each on both sides, for a cut value can only be compared with
 * another; undefined where more than `most` would have to be.
 */
function cutLargest(
  change: Change,
  mayCut: (name: string, values: readonly unknown[]) => boolean,
  room: number,
  most = Number.POSITIVE_INFINITY,
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

/** What could be cut, on the sides where it is, and how many bytes that would save. */
function cutsIn(
  change: Change,
  part: (typeof PARTS)[number],
  mayCut: (name: string, values: readonly unknown[]) => boolean,
): {paths: string[]; saving: number}[] {
  const names = new Set(SIDES.flatMap(side => Object.keys(change[side]?.[part] ?? {})));
  names.delete('*'); // its mark would say that all are gone
  return [...names].flatMap(name => {
    const found = SIDES.flatMap(side => {
      const values = change[side]?.[part] ?? {};
      return Object.hasOwn(values, name) ? [{path: `${side}.${part}.${name}`, value: values[name]}] : [];
    });
    const values = found.map(({value}) => value);
    if (!mayCut(name, values)) return [];
    const saving = found.reduce((sum, {path, value}) => sum + savingOf(path, byteLength(value)), 0);
    return [{paths: found.map(({path}) => path), saving}];
  });
}

/** A mark takes the value's place, and its path and a comma stand in `truncated`. */
function savingOf(path: string, bytes: number): number {
  return bytes - byteLength(cutMark(bytes, NO_DIGEST)) - byteLength(path) - 1;
}

function cutNamed(change: Change, paths: readonly string[]): Change {
  const named = new Set(paths);
  const cut = (side: (typeof SIDES)[number]): Snapshot | null => {
    const snapshot = change[side];
    if (snapshot === null) return null;
    const part = (name: (typeof PARTS)[number]) =>
      Object.fromEntries(
        Object.entries(snapshot[name]).map(([key, value]) =>
          named.has(`${side}.${name}.${key}`) ? [key, cutMark(byteLength(value), digestOf(value))] : [key, value],
        ),
      );
    return {...snapshot, properties: part('properties'), relations: part('relations')};
  };
  return {...change, before: cut('before'), after: cut('after'), truncated: marks(change, paths)};
}

/** What stands for a cut value. The digest still tells a value that changed from one that stayed. */
function cutMark(bytes: number, digest: string): string {
  return `[cut: ${bytes} bytes, sha256 ${digest}]`;
}

const NO_DIGEST = '0'.repeat(16);

function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, NO_DIGEST.length);
}

/** Drops all but the watched properties, and what is told. One that is watched and not set stands there as null. */
function dropUnwatched(
  change: Change,
  watched: ReadonlySet<string>,
  keep: {readonly links: boolean; readonly relations: boolean},
): Change & {readonly truncated: readonly string[]} {
  const keeps = keeping(watched);
  const dropped: string[] = [];
  const drop = (side: (typeof SIDES)[number]): Snapshot | null => {
    const snapshot = change[side];
    if (snapshot === null) return null;
    const all = Object.entries(snapshot.properties);
    const kept = all.filter(([name, value]) => keeps(name) || (keep.links && isLink(value)));
    const unset = [...watched].filter(name => !Object.hasOwn(snapshot.properties, name)).map(name => [name, null]);
    const losesProperties = kept.length < all.length;
    const losesRelations = !keep.relations && Object.keys(snapshot.relations).length > 0;
    if (losesProperties) dropped.push(`${side}.properties.*`);
    if (losesRelations) dropped.push(`${side}.relations.*`);
    return {
      ...snapshot,
      properties: losesProperties ? Object.fromEntries([...kept, ...unset]) : snapshot.properties,
      relations: losesRelations ? {} : snapshot.relations,
    };
  };
  const [before, after] = [drop('before'), drop('after')];
  return {...change, before, after, truncated: marks(change, dropped)};
}

/** The shortest of the watched properties, as many as fit: thousands may have changed where no rules are known. */
function keepShortest(change: Change, watched: ReadonlySet<string>, room: number): Change {
  const bare = dropUnwatched(change, new Set(), {links: false, relations: false});
  const sides = SIDES.map(side => change[side]?.properties ?? {});
  const sizeOf = (name: string) =>
    sides.reduce((sum, properties) => sum + byteLength(name) + byteLength(propertyOf(properties, name) ?? null) + 2, 0);
  const sized = [...watched].map(name => ({name, size: sizeOf(name)})).toSorted((a, b) => a.size - b.size);
  let left = room - byteLength(bare);
  const kept = sized.filter(({size}) => {
    left -= size;
    return left >= 0;
  });
  return dropUnwatched(change, new Set(kept.map(({name}) => name)), {links: false, relations: false});
}

/** Expressions read names in any letter case. */
function keeping(watched: ReadonlySet<string>): (name: string) => boolean {
  const names = new Set([...watched].map(name => name.toLowerCase()));
  return name => names.has(name.toLowerCase());
}

const CLIPPED = ['title', 'team', 'by', 'origin', 'timer'] as const;

/** For texts that nobody expects to be long. Blueprint, entity, time and run id are bounded by the parser. */
function clipTexts(change: Change): Change {
  const by = Object.fromEntries(
    Object.entries(change.by).map(([key, value]) => [key, typeof value === 'string' ? clip(value, 200) : value]),
  );
  const sides = {before: clipSide(change.before), after: clipSide(change.after)};
  const clipped = {
    ...change,
    ...sides,
    title: clipTitle(change.title),
    team: clipTeam(change.team),
    by,
    origin: clip(change.origin, 200),
    ...(change.timer === undefined ? {} : {timer: clip(change.timer, 200)}),
  };
  const ofSides = SIDES.flatMap(side =>
    (['title', 'team'] as const)
      .filter(key => !isSameJson(sides[side]?.[key], change[side]?.[key]))
      .map(key => `${side}.${key}`),
  );
  const paths = [...CLIPPED.filter(key => !isSameJson(clipped[key], change[key])), ...ofSides];
  return paths.length === 0 ? change : {...clipped, truncated: marks(change, paths)};
}

function clipSide(snapshot: Snapshot | null): Snapshot | null {
  if (snapshot === null) return null;
  const {title, team} = snapshot;
  return {
    ...snapshot,
    ...(typeof title === 'string' ? {title: clipTitle(title)} : {}),
    ...(team === undefined ? {} : {team: clipTeam(team)}),
  };
}

function clipTitle(title: string): string {
  return clip(title, 200);
}

function clipTeam(team: readonly string[]): string[] {
  return team.slice(0, 20).map(name => clip(name, 100));
}

function marks(change: Change, paths: readonly string[]): string[] {
  return [...new Set([...(change.truncated ?? []), ...paths])];
}

/** Links help the reader of a message, and are short. */
function isLink(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 500 && /^https?:\/\//i.test(value);
}

/** Of its JSON in UTF-8. */
function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}
