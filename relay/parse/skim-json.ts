/**
 * Skim: JSON as bytes → the same JSON without the properties and relations that no rule reads. These are most of a large
 * entity, and parsing them takes more time than the rest of the webhook. Pure.
 */
import {isAscii} from 'node:buffer';
import {CLOSE_BRACE, JsonReader, LEFT_TO_PARSER, OPEN_BRACE} from './json-reader.ts';

/** Names of properties and relations in lower case, by their length. */
export type ReadNames = readonly (readonly Uint8Array[] | undefined)[];

export function readNames(names: Iterable<string>): ReadNames {
  const byLength: Uint8Array[][] = [];
  for (const name of names) {
    const bytes = Buffer.from(name.toLowerCase());
    byLength[bytes.length] = [...(byLength[bytes.length] ?? []), bytes];
  }
  return byLength;
}

export interface Skimmed {
  readonly text: string;
  /** Whether the text contains everything that changed. */
  readonly hasAllChanged: boolean;
}

/**
 * Removes the unread members of `properties` and `relations` in the objects `before` and `after`. Names match in any letter
 * case. If the message has no `runId`, members that differ between both sides also stay, because the ID of the change is
 * computed from them.
 * The removed members are validated like the rest. The result is defined only for text that `JSON.parse` accepts.
 * @returns undefined if the text needs `JSON.parse`, because it is not JSON or has an unusual form
 */
export function skimJson(bytes: Buffer, names: ReadNames): Skimmed | undefined {
  const skimmer = new Skimmer(bytes, names);
  try {
    const parts = skimmer.skim();
    const hasAllChanged = !skimmer.hasRun;
    return {text: render(bytes, parts, hasAllChanged), hasAllChanged};
  } catch (error) {
    if (error === LEFT_TO_PARSER) return undefined;
    throw error;
  }
}

function render(bytes: Buffer, parts: readonly Part[], withChanged: boolean): string {
  const encoding = encodingOf(bytes);
  let text = '';
  let copiedTo = 0;
  for (const {from, to, members} of parts) {
    text += bytes.toString(encoding, copiedTo, from);
    const kept = members.filter(({isRead, isSame}) => isRead || (withChanged && !isSame));
    text += kept.map(member => bytes.toString(encoding, member.from, member.to - 1)).join(',');
    copiedTo = to - 1;
  }
  return text + bytes.toString(encoding, copiedTo);
}

/** The encoding of the bytes. Most messages are ASCII, which `latin1` decodes ten times faster. */
export function encodingOf(bytes: Buffer): 'latin1' | 'utf8' {
  return isAscii(bytes) ? 'latin1' : 'utf8';
}

/** A member of an object: from after the preceding comma or brace until after the one that ends it. */
interface Member {
  readonly from: number;
  readonly to: number;
  readonly isRead: boolean;
  /** Whether it has the same bytes on the other side. */
  isSame: boolean;
}

/** The properties or the relations of a side: from after the opening brace until after the closing one. */
interface Part {
  readonly from: number;
  to: number;
  /** In the order of the text. Omits members of the second side that are unread and the same on the first. */
  readonly members: Member[];
}

/** One state of the entity. */
type Side = Partial<Record<'properties' | 'relations', Part>>;

const [BEFORE, AFTER, RUN_ID] = ['before', 'after', 'runid'].map(name => Buffer.from(name)) as [Buffer, Buffer, Buffer];
const PARTS = (['properties', 'relations'] as const).map(name => ({name, bytes: Buffer.from(name)}));

/** Finds the parts of a message, and which of their members are read or changed. */
class Skimmer extends JsonReader {
  readonly #names: ReadNames;
  /** In the order of the text. */
  readonly #parts: Part[] = [];
  /** Whether the message has a run. If so, its ID does not depend on what changed. */
  hasRun = false;

  constructor(bytes: Buffer, names: ReadNames) {
    super(bytes);
    this.#names = names;
  }

  /** @throws LEFT_TO_PARSER */
  skim(): readonly Part[] {
    this.value(0, this.#object);
    this.end();
    return this.#parts;
  }

  /** An object that can contain sides. */
  #object = (levels: number): void => {
    let [before, after]: (Side | undefined)[] = [];
    for (let isOpen = this.enter(levels, CLOSE_BRACE); isOpen; isOpen = this.hasMore(CLOSE_BRACE)) {
      this.key();
      if (this.isKey(RUN_ID)) this.hasRun = true;
      const mayBeSide = this.next() === OPEN_BRACE;
      if (mayBeSide && this.isKey(BEFORE)) before = this.#side(levels + 1, requireNew(before));
      else if (mayBeSide && this.isKey(AFTER)) after = this.#side(levels + 1, requireNew(after) ?? before);
      else this.value(levels, this.#object);
    }
  };

  /** @param other the side before the change, if this is the side after it */
  #side(levels: number, other?: Side): Side {
    const side: Side = {};
    for (let isOpen = this.enter(levels, CLOSE_BRACE); isOpen; isOpen = this.hasMore(CLOSE_BRACE)) {
      this.key();
      const name = this.next() === OPEN_BRACE ? PARTS.find(({bytes}) => this.isKey(bytes))?.name : undefined;
      if (name === undefined) this.value(levels);
      else side[name] = requireNew(side[name]) ?? this.#part(levels + 1, other?.[name]);
    }
    return side;
  }

  #part(levels: number, other: Part | undefined): Part {
    const part: Part = {from: this.at + 1, to: 0, members: []};
    this.#parts.push(part);
    const comparison = other && compareWith(other, part, this.bytes);
    let isOpen = this.enter(levels, CLOSE_BRACE);
    while (isOpen) {
      const from = comparison?.takeSame(this.at) ?? this.at;
      this.at = from;
      if (this.bytes[from - 1] === CLOSE_BRACE) break; // all other members were copied
      this.key();
      comparison?.takeKey(this.keyTo);
      const isRead = this.#isRead(this.#names[this.keyTo - this.keyFrom]);
      this.value(levels);
      isOpen = this.hasMore(CLOSE_BRACE);
      part.members.push({from, to: this.at, isRead, isSame: false});
    }
    part.to = this.at;
    return part;
  }

  /** @param candidates the names with the length of the last key */
  #isRead(candidates: readonly Uint8Array[] | undefined): boolean {
    return candidates?.some(name => this.isKey(name)) ?? false;
  }
}

/** In `JSON.parse`, a duplicate key replaces the earlier one. This reader does not support that. */
function requireNew(former: unknown): undefined {
  if (former !== undefined) throw LEFT_TO_PARSER;
}

/** If more members than this differ, the comparison ends. */
const MAX_CHANGED = 16;

/**
 * Copies the members that have the same bytes as on the other side. An entity is nearly the same before and after a change, so
 * most of the second side is skipped.
 */
function compareWith(other: Part, part: Part, bytes: Buffer) {
  let [next, sameTo, left] = [0, 0, MAX_CHANGED];
  return {
    /**
     * @param from the start of the next member
     * @returns the start of the first member that is not copied
     */
    takeSame(from: number): number {
      const first = other.members[next];
      if (first === undefined || left-- <= 0) return from;
      const shift = from - first.from;
      sameTo = from + sameLength(bytes, from, {from: first.from, to: other.to});
      let at = from;
      for (
        let member: Member | undefined = first;
        member && member.to + shift <= sameTo;
        member = other.members[++next]
      ) {
        member.isSame = true;
        at = member.to + shift;
        if (member.isRead) part.members.push({...member, from: member.from + shift, to: at});
      }
      return at;
    },
    /** The next member differs. If it has another key, members were added or removed, and the comparison ends. */
    takeKey(keyTo: number): void {
      if (keyTo < sameTo) next++;
      else left = 0;
    },
  };
}

/** The number of bytes that one native call compares. The rest is compared byte by byte. */
const STRIDE = 512;

/** The number of bytes after `from` that are equal to those of the earlier part. */
function sameLength(bytes: Buffer, from: number, earlier: {readonly from: number; readonly to: number}): number {
  const otherFrom = earlier.from;
  const most = Math.min(earlier.to - otherFrom, bytes.length - from);
  const isSame = (done: number) =>
    bytes.compare(bytes, otherFrom + done, otherFrom + done + STRIDE, from + done, from + done + STRIDE) === 0;
  let done = 0;
  while (done + STRIDE <= most && isSame(done)) done += STRIDE;
  while (done < most && bytes[from + done] === bytes[otherFrom + done]) done++;
  return done;
}
