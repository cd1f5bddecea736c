/** Cuts a change to a size, unread values first. `truncated` lists the cuts, and a mark with a digest replaces each value. */
import {PayloadError} from '../../base/errors.ts';
import {type Change, PARTS, type Part, SIDES} from '../change.ts';
import {isRead, type Reads} from '../reads.ts';
import {clipTexts} from './clip-texts.ts';
import {cutLargest} from './cut-largest.ts';
import {byteLength} from './cut-mark.ts';
import {createIsRead, drop, isShortLink, type Keeps, keepShortest} from './drop-values.ts';

/** The maximum number of unread values that are cut one by one. If there are more, all of them are dropped with one mark. */
const MAX_NAMED_CUTS = 32;

/**
 * Returns the first of several increasingly reduced forms that fits into `room` bytes of JSON.
 * @param reads the values that rules, routes and templates can read. They are cut last
 * @throws {PayloadError} if no form fits
 */
export function fitChange(change: Change, reads: Reads, room: number): Change {
  const isReadAt = createIsRead(reads);
  const mayCut = (part: Part, name: string, values: readonly unknown[]) =>
    !isReadAt(part, name) && !values.every(value => value === null || isShortLink(value));
  const cutUnread = (whole: Change) => cutLargest(whole, {mayCut, room, most: MAX_NAMED_CUTS});
  const dropUnread = (whole: Change, keeps: Keeps) =>
    drop(whole, reads, (part, name, value) => isReadAt(part, name) || keeps(part, name, value));
  const clipped = () => clipTexts(change, path => !isRead(reads, path));
  const clippedAll = () => clipTexts(change, () => true);
  const whole = [() => change, () => cutUnread(change), () => cutUnread(clipped())];
  const onlyRead = () => dropUnread(clippedAll(), () => false);
  const withAllRead = [
    () => dropUnread(clipped(), (part, _, value) => part === 'relations' || isShortLink(value)),
    () => dropUnread(clipped(), (part, _, value) => part === 'properties' && isShortLink(value)),
    onlyRead,
    () => cutLargest(onlyRead(), {mayCut: () => true, room}),
  ];
  // Skips forms that cannot fit, because trying tens of thousands of values one by one takes seconds.
  const canFit = (counts: (part: Part, name: string) => boolean) => hasRoomFor(countValues(change, counts), room);
  const forms = [
    ...(canFit(() => true) ? whole : []),
    ...(canFit(isReadAt) ? withAllRead : []),
    () => keepShortest(clippedAll(), reads, room),
  ];
  for (const form of forms) {
    const fitted = form();
    if (fitted !== undefined && byteLength(fitted) <= room) return fitted;
  }
  throw new PayloadError('', `The change does not fit into ${room} bytes even without its properties`);
}

/** `"":0,` */
const MIN_MEMBER_BYTES = 5;

/** Whether this number of values can fit, even if each has the minimum length. */
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
