/**
 * Parse: where in JSON the members stand that may be left out. Takes what `JSON.parse` takes, and nothing else. Pure.
 *
 * An entity before and after a change is nearly the same, so its second side is not read again as far as it has the same bytes.
 */
import {Members} from './members.ts';
import type {ReadNames} from './read-names.ts';

/** An object of which members may be left out: a side of a change, its properties or its relations. */
export interface SkimmedPart {
  readonly members: Members;
  /** The properties and the relations, if this is a side. */
  readonly inner: {readonly name: string; readonly member: number; readonly part: SkimmedPart}[];
}

/** Thrown if the text is not JSON, or unusual. */
export const LEFT_TO_PARSER = new Error('left to the parser');

/** Messages of Port's have a few. */
const MAX_LEVELS = 50;

/** How many lists of members are kept for the next message. One change needs six. */
const MAX_LISTS = 12;

/** Reused, because their garbage would take more time than they save. A message is skimmed without waiting for anything. */
const lists: Members[] = [];

const [BEFORE, AFTER, RUN_ID] = [Buffer.from('before'), Buffer.from('after'), Buffer.from('runid')];
const INNER = ['properties', 'relations'].map(name => ({name, bytes: Buffer.from(name)}));

const [QUOTE, BACKSLASH, COMMA, COLON, SPACE] = [0x22, 0x5c, 0x2c, 0x3a, 0x20];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const [MINUS, PLUS, DOT, ZERO, NINE] = [0x2d, 0x2b, 0x2e, 0x30, 0x39];
const [LOWER_E, LOWER_F, LOWER_N, LOWER_T, LOWER_U] = [0x65, 0x66, 0x6e, 0x74, 0x75];
const [UPPER_A, UPPER_E, UPPER_Z, TO_LOWER_CASE] = [0x41, 0x45, 0x5a, 0x20];
const [TAB, LINE_FEED, CARRIAGE_RETURN, FIRST_BEYOND_ASCII] = [0x09, 0x0a, 0x0d, 0x80];
const END = -1;

const AFTER_BACKSLASH = tableOf(byte => '"\\/bfnrt'.includes(String.fromCharCode(byte)));
const HEX = tableOf(byte => /[\da-fA-F]/.test(String.fromCharCode(byte)));

/** 1 for each byte that it holds for. */
function tableOf(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({length: 256}, (_, byte) => (holds(byte) ? 1 : 0));
}

/** Reads the text once, from its beginning to its end. Never beyond it: V8 is slow at that. */
export class Skimmer {
  readonly #bytes: Buffer;
  readonly #names: ReadNames;
  readonly #namesOfSide: ReadNames;
  /** In the order of the text. */
  readonly #sides: SkimmedPart[] = [];
  #at = 0;
  #lists = 0;
  /** Whether the message has a run: then its id is not made from what changed. */
  hasRun = false;
  /** Where the last key begins and ends, within its quotes. */
  #keyFrom = 0;
  #keyTo = 0;

  /** @param names of properties and relations that are read. @param namesOfSide of what is read beside them */
  constructor(bytes: Buffer, names: ReadNames, namesOfSide: ReadNames) {
    this.#bytes = bytes;
    this.#names = names;
    this.#namesOfSide = namesOfSide;
  }

  /** The objects named `before` and `after`, until the next message is skimmed. @throws LEFT_TO_PARSER */
  skim(): readonly SkimmedPart[] {
    this.#value(0, true);
    if (this.#next() !== END) throw LEFT_TO_PARSER;
    return this.#sides;
  }

  #byte(): number {
    return this.#at < this.#bytes.length ? (this.#bytes[this.#at] as number) : END;
  }

  /** The first byte of the next token. */
  #next(): number {
    let byte = this.#byte();
    while (byte === SPACE || byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN) {
      this.#at++;
      byte = this.#byte();
    }
    return byte;
  }

  /** @param isOutside whether there may be sides further in */
  #value(levels: number, isOutside: boolean): void {
    const byte = this.#next();
    if (byte === QUOTE) this.#text();
    else if (byte === OPEN_BRACE) this.#object(levels + 1, isOutside);
    else if (byte === OPEN_BRACKET) this.#array(levels + 1, isOutside);
    else if (byte === LOWER_T) this.#word('true');
    else if (byte === LOWER_F) this.#word('false');
    else if (byte === LOWER_N) this.#word('null');
    else this.#number();
  }

  #object(levels: number, isOutside: boolean): void {
    if (this.#isEmpty(levels, CLOSE_BRACE)) return;
    let [before, after]: (SkimmedPart | undefined)[] = [];
    do {
      this.#key();
      if (isOutside && this.#isKey(RUN_ID)) this.hasRun = true;
      const mayBeSide = isOutside && this.#next() === OPEN_BRACE;
      if (mayBeSide && this.#isKey(BEFORE)) before = this.#side(levels + 1, {former: before});
      else if (mayBeSide && this.#isKey(AFTER)) after = this.#side(levels + 1, {former: after, other: before});
      else this.#value(levels, isOutside);
    } while (this.#hasMore(CLOSE_BRACE));
  }

  #array(levels: number, isOutside: boolean): void {
    if (this.#isEmpty(levels, CLOSE_BRACKET)) return;
    do this.#value(levels, isOutside);
    while (this.#hasMore(CLOSE_BRACKET));
  }

  /** @param former of the same name. @param other the side before the change, if this is the side after it */
  #side(
    levels: number,
    {former, other}: {readonly former: SkimmedPart | undefined; readonly other?: SkimmedPart | undefined},
  ): SkimmedPart {
    if (former !== undefined) throw LEFT_TO_PARSER;
    const side = this.#startPart();
    this.#sides.push(side);
    let isOpen = !this.#isEmpty(levels, CLOSE_BRACE);
    while (isOpen) {
      const member = side.members.length;
      this.#member(side.members, this.#namesOfSide);
      const name = this.#next() === OPEN_BRACE ? this.#innerName() : undefined;
      if (name === undefined) this.#value(levels, false);
      else {
        if (side.inner.some(one => one.name === name)) throw LEFT_TO_PARSER;
        const twin = other?.inner.find(one => one.name === name);
        side.inner.push({name, member, part: this.#inner(levels + 1, twin?.part.members)});
      }
      side.members.setUnchanged(member); // what is not read of a side does not matter
      isOpen = this.#hasMore(CLOSE_BRACE);
    }
    side.members.end = this.#at;
    return side;
  }

  /** Properties or relations. @param other those before the change, if these are those after it */
  #inner(levels: number, other: Members | undefined): SkimmedPart {
    const part = this.#startPart();
    const {members} = part;
    const comparison = other && new Comparison(this.#bytes, other, members);
    let isOpen = !this.#isEmpty(levels, CLOSE_BRACE);
    while (isOpen) {
      this.#at = comparison?.takeSame(this.#at) ?? this.#at;
      if (comparison?.isAtEnd) break;
      this.#member(members, this.#names);
      comparison?.takeKey(this.#keyTo);
      this.#value(levels, false);
      isOpen = this.#hasMore(CLOSE_BRACE);
    }
    members.end = this.#at;
    return part;
  }

  #startPart(): SkimmedPart {
    if (this.#lists === MAX_LISTS) throw LEFT_TO_PARSER;
    lists[this.#lists] ??= new Members();
    const members = lists[this.#lists++] as Members;
    members.clear(this.#at + 1);
    return {members, inner: []};
  }

  /** The key of the next member. */
  #member(members: Members, names: ReadNames): void {
    const start = this.#at;
    this.#key();
    const alike = names[this.#keyTo - this.#keyFrom];
    members.push(start, alike !== undefined && this.#isOneOf(alike));
  }

  /** A function of its own, so that only the few keys that come here cost a closure. */
  #isOneOf(names: readonly Uint8Array[]): boolean {
    return names.some(name => this.#isKey(name));
  }

  #innerName(): string | undefined {
    return INNER.find(({bytes}) => this.#isKey(bytes))?.name;
  }

  /** Enters an object or an array. If there is nothing in it, leaves it too. */
  #isEmpty(levels: number, close: number): boolean {
    if (levels > MAX_LEVELS) throw LEFT_TO_PARSER;
    this.#at++;
    if (this.#next() !== close) return false;
    this.#at++;
    return true;
  }

  #hasMore(close: number): boolean {
    const byte = this.#next();
    if (byte !== COMMA && byte !== close) throw LEFT_TO_PARSER;
    this.#at++;
    return byte === COMMA;
  }

  /** A key and its colon. A key that is not plain ASCII may stand for another text, and is left to the parser. */
  #key(): void {
    if (this.#next() !== QUOTE) throw LEFT_TO_PARSER;
    const bytes = this.#bytes;
    const {length} = bytes;
    const from = this.#at + 1;
    let to = from;
    for (; to < length; to++) {
      const byte = bytes[to] as number;
      if (byte === QUOTE) break;
      if (byte < SPACE || byte >= FIRST_BEYOND_ASCII || byte === BACKSLASH) throw LEFT_TO_PARSER;
    }
    this.#keyFrom = from;
    this.#keyTo = to;
    this.#at = to + 1;
    if (this.#next() !== COLON) throw LEFT_TO_PARSER;
    this.#at++;
  }

  #isKey(name: Uint8Array): boolean {
    if (name.length !== this.#keyTo - this.#keyFrom) return false;
    for (let index = 0; index < name.length; index++) {
      if (name[index] !== toLowerCase(this.#bytes[this.#keyFrom + index] as number)) return false;
    }
    return true;
  }

  /** RFC 8259 §7: what is below a space does not stand in a text, and bytes beyond ASCII stand for themselves. */
  #text(): void {
    const bytes = this.#bytes;
    const {length} = bytes;
    let at = this.#at + 1;
    while (at < length) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        this.#at = at + 1;
        return;
      }
      if (byte < SPACE) break;
      at = byte === BACKSLASH ? this.#escape(at + 1) : at + 1;
    }
    throw LEFT_TO_PARSER;
  }

  /** @param at after the backslash. @returns where the escape ends */
  #escape(at: number): number {
    const bytes = this.#bytes;
    if (at + 4 >= bytes.length) throw LEFT_TO_PARSER;
    const byte = bytes[at] as number;
    if (AFTER_BACKSLASH[byte] === 1) return at + 1;
    if (byte !== LOWER_U) throw LEFT_TO_PARSER;
    for (let n = 1; n <= 4; n++) if (HEX[bytes[at + n] as number] === 0) throw LEFT_TO_PARSER;
    return at + 5;
  }

  #word(word: string): void {
    for (let index = 0; index < word.length; index++) {
      if (this.#byte() !== word.charCodeAt(index)) throw LEFT_TO_PARSER;
      this.#at++;
    }
  }

  /** RFC 8259 §6: no zero before other digits, and digits on both sides of a dot. */
  #number(): void {
    if (this.#byte() === MINUS) this.#at++;
    if (this.#byte() === ZERO) this.#at++;
    else this.#digits();
    if (this.#byte() === DOT) {
      this.#at++;
      this.#digits();
    }
    if (this.#byte() !== LOWER_E && this.#byte() !== UPPER_E) return;
    this.#at++;
    if (this.#byte() === PLUS || this.#byte() === MINUS) this.#at++;
    this.#digits();
  }

  /** One at least. */
  #digits(): void {
    const start = this.#at;
    for (let byte = this.#byte(); byte >= ZERO && byte <= NINE; byte = this.#byte()) this.#at++;
    if (this.#at === start) throw LEFT_TO_PARSER;
  }
}

function toLowerCase(byte: number): number {
  return byte >= UPPER_A && byte <= UPPER_Z ? byte + TO_LOWER_CASE : byte;
}

/** If more members than this differ, the sides are not compared any further. */
const MAX_CHANGED = 16;

/** Takes over the members of a part that have the same bytes as on the other side. */
class Comparison {
  readonly #bytes: Buffer;
  readonly #other: Members;
  readonly #members: Members;
  /** The member of the other side that is compared next. */
  #next = 0;
  /** Where the bytes of this side stop to be the same. */
  #sameTo = 0;
  #left = MAX_CHANGED;
  /** Whether the closing brace was taken over too. */
  isAtEnd = false;

  constructor(bytes: Buffer, other: Members, members: Members) {
    this.#bytes = bytes;
    this.#other = other;
    this.#members = members;
  }

  /** @param from where the next member begins. @returns where the first begins that is not taken over */
  takeSame(from: number): number {
    if (this.#left-- <= 0) return from;
    const [members, other] = [this.#members, this.#other];
    const otherFrom = this.#next < other.length ? other.startOf(this.#next) : other.end;
    const shift = from - otherFrom;
    this.#sameTo = from + sameLength(this.#bytes, from, otherFrom, other.end - otherFrom);
    let at = from;
    while (this.#next < other.length && other.endOf(this.#next) + shift <= this.#sameTo) {
      other.setUnchanged(this.#next);
      members.push(at, other.isRead(this.#next));
      members.setUnchanged(members.length - 1);
      at = other.endOf(this.#next++) + shift;
    }
    this.isAtEnd = at > from && this.#next === other.length;
    return at;
  }

  /** The next member differs. If it has another key, members were added or removed, and the comparison ends. */
  takeKey(keyTo: number): void {
    if (keyTo < this.#sameTo) this.#next++;
    else this.#left = 0;
  }
}

/** From this length on, a native comparison is quicker than a loop. */
const MIN_NATIVE = 64;

/** How many bytes from both places on are the same, of `max` at most. */
function sameLength(bytes: Buffer, from: number, otherFrom: number, max: number): number {
  const isSame = (done: number, length: number) =>
    bytes.compare(bytes, otherFrom + done, otherFrom + done + length, from + done, from + done + length) === 0;
  const most = Math.min(max, bytes.length - from);
  if (isSame(0, most)) return most;
  let done = 0;
  for (let length = 2 ** (31 - Math.clz32(most)); length >= MIN_NATIVE; length /= 2) {
    if (done + length <= most && isSame(done, length)) done += length;
  }
  while (done < most && bytes[from + done] === bytes[otherFrom + done]) done++;
  return done;
}
