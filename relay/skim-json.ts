/**
 * Parse, the quick way: JSON as bytes → the same JSON without the properties and relations that nothing reads. They are most
 * of a large entity, and to make values of them costs more than all the rest of a webhook. Pure.
 */

/** Names of properties and relations, as they are found among bytes: in any letter case, by their length. */
export type ReadNames = readonly (readonly Uint8Array[] | undefined)[];

export function readNames(names: Iterable<string>): ReadNames {
  const byLength: Uint8Array[][] = [];
  for (const name of names) {
    const bytes = Buffer.from(name.toLowerCase());
    byLength[bytes.length] = [...(byLength[bytes.length] ?? []), bytes];
  }
  return byLength;
}

/**
 * The text without those members of objects named `properties` or `relations` that are not read. What is left out is checked
 * like the rest, so that a result is returned only for what `JSON.parse` takes.
 * @returns undefined if this reader leaves the text to the parser: it is not JSON, or it is unusual
 */
export function skimJson(bytes: Buffer, read: ReadNames): string | undefined {
  try {
    return new Skimmer(bytes, read).skim();
  } catch (error) {
    if (error === LEFT_TO_PARSER) return undefined;
    throw error;
  }
}

const LEFT_TO_PARSER = new Error('left to the parser');

/** Messages of Port's have a few. */
const MAX_LEVELS = 50;

/** The keys of the objects that members are left out of. */
const PARTS = ['properties', 'relations'].map(name => Buffer.from(name));

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const [MINUS, PLUS, DOT, ZERO, NINE] = [0x2d, 0x2b, 0x2e, 0x30, 0x39];
const [LOWER_E, LOWER_F, LOWER_N, LOWER_T, LOWER_U] = [0x65, 0x66, 0x6e, 0x74, 0x75];
const [UPPER_A, UPPER_E, UPPER_Z, TO_LOWER_CASE] = [0x41, 0x45, 0x5a, 0x20];
const END = -1;

/** The bytes that stand for themselves in a text (RFC 8259 §7), those of characters beyond ASCII among them. */
const PLAIN = tableOf(byte => byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH);
const PLAIN_ASCII = tableOf(byte => PLAIN[byte] === 1 && byte < 0x80);
const AFTER_BACKSLASH = tableOf(byte => '"\\/bfnrt'.includes(String.fromCharCode(byte)));
const HEX = tableOf(byte => /[\da-fA-F]/.test(String.fromCharCode(byte)));

/** 1 for each byte that it holds for. */
function tableOf(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({length: 256}, (_, byte) => (holds(byte) ? 1 : 0));
}

/** Reads the text once, from its beginning to its end. Never beyond it: V8 is slow at that. */
class Skimmer {
  readonly #bytes: Buffer;
  readonly #read: ReadNames;
  #at = 0;
  /** What is before it has been kept or left out. */
  #doneTo = 0;
  #kept = '';
  /** Where the last key begins and ends, within its quotes. */
  #keyFrom = 0;
  #keyTo = 0;

  constructor(bytes: Buffer, read: ReadNames) {
    this.#bytes = bytes;
    this.#read = read;
  }

  skim(): string {
    this.#value(0, true);
    if (this.#next() !== END) throw LEFT_TO_PARSER;
    this.#keepTo(this.#bytes.length);
    return this.#kept;
  }

  #keepTo(end: number): void {
    this.#kept += this.#bytes.toString('utf8', this.#doneTo, end);
    this.#doneTo = end;
  }

  #byte(): number {
    return this.#at < this.#bytes.length ? (this.#bytes[this.#at] as number) : END;
  }

  /** The first byte of the next token. */
  #next(): number {
    for (;;) {
      const byte = this.#byte();
      const isSpace = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
      if (!isSpace) return byte;
      this.#at++;
    }
  }

  #take(byte: number): void {
    if (this.#next() !== byte) throw LEFT_TO_PARSER;
    this.#at++;
  }

  /** @param isOutside whether there may be properties and relations further in */
  #value(levels: number, isOutside: boolean): void {
    const byte = this.#next();
    if (byte === QUOTE) this.#text(PLAIN);
    else if (byte === OPEN_BRACE) this.#object(levels + 1, isOutside);
    else if (byte === OPEN_BRACKET) this.#array(levels + 1, isOutside);
    else if (byte === LOWER_T) this.#word('true');
    else if (byte === LOWER_F) this.#word('false');
    else if (byte === LOWER_N) this.#word('null');
    else this.#number();
  }

  #object(levels: number, isOutside: boolean): void {
    if (this.#isEmpty(levels, CLOSE_BRACE)) return;
    do {
      this.#key(PLAIN);
      if (isOutside && this.#isPart() && this.#next() === OPEN_BRACE) this.#part(levels + 1);
      else this.#value(levels, isOutside);
    } while (this.#hasMore(CLOSE_BRACE));
  }

  #array(levels: number, isOutside: boolean): void {
    if (this.#isEmpty(levels, CLOSE_BRACKET)) return;
    do this.#value(levels, isOutside);
    while (this.#hasMore(CLOSE_BRACKET));
  }

  /** Properties or relations: of the members, those that are read are kept, whole. */
  #part(levels: number): void {
    this.#keepTo(this.#at + 1);
    if (this.#isEmpty(levels, CLOSE_BRACE)) return;
    let isFirst = true;
    do {
      this.#doneTo = this.#at;
      this.#key(PLAIN_ASCII);
      const isRead = this.#isRead();
      this.#value(levels, false);
      if (!isRead) continue;
      if (!isFirst) this.#kept += ',';
      isFirst = false;
      this.#keepTo(this.#at);
    } while (this.#hasMore(CLOSE_BRACE));
    this.#doneTo = this.#at - 1;
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

  /** A key and its colon. @param plain the bytes that it may consist of, beside escapes */
  #key(plain: Uint8Array): void {
    if (this.#next() !== QUOTE) throw LEFT_TO_PARSER;
    this.#keyFrom = this.#at + 1;
    this.#text(plain);
    this.#keyTo = this.#at - 1;
    this.#take(COLON);
  }

  #isPart(): boolean {
    const length = this.#keyTo - this.#keyFrom;
    return PARTS.some(name => name.length === length && this.#isKey(name));
  }

  #isRead(): boolean {
    const names = this.#read[this.#keyTo - this.#keyFrom];
    return names?.some(name => this.#isKey(name)) ?? false;
  }

  #isKey(name: Uint8Array): boolean {
    return name.every((byte, index) => byte === toLowerCase(this.#bytes[this.#keyFrom + index] as number));
  }

  /** @param plain the bytes that it may consist of, beside escapes; of those, there are none in plain ASCII */
  #text(plain: Uint8Array): void {
    const bytes = this.#bytes;
    const {length} = bytes;
    let at = this.#at + 1;
    for (;;) {
      while (at < length && plain[bytes[at] as number] === 1) at++;
      if (at === length) throw LEFT_TO_PARSER;
      const byte = bytes[at];
      if (byte === QUOTE) break;
      if (byte !== BACKSLASH || plain === PLAIN_ASCII) throw LEFT_TO_PARSER;
      at = this.#escape(at + 1);
    }
    this.#at = at + 1;
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
