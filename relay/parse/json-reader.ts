/** Reads JSON as bytes without creating values. Accepts only what `JSON.parse` accepts. Pure. */

/** Thrown if the text is not JSON, or has a form that this reader does not support. */
export const LEFT_TO_PARSER = new Error('needs JSON.parse');

/** The maximum nesting depth. Messages from Port have a few levels. */
const MAX_LEVELS = 50;

export const [OPEN_BRACE, CLOSE_BRACE] = [0x7b, 0x7d];
const [OPEN_BRACKET, CLOSE_BRACKET] = [0x5b, 0x5d];
const [QUOTE, BACKSLASH, COMMA, COLON, SPACE] = [0x22, 0x5c, 0x2c, 0x3a, 0x20];
const [MINUS, PLUS, DOT, ZERO, NINE] = [0x2d, 0x2b, 0x2e, 0x30, 0x39];
const [LOWER_E, LOWER_F, LOWER_N, LOWER_T, LOWER_U] = [0x65, 0x66, 0x6e, 0x74, 0x75];
const [UPPER_A, UPPER_E, UPPER_Z, TO_LOWER_CASE] = [0x41, 0x45, 0x5a, 0x20];
const [TAB, LINE_FEED, CARRIAGE_RETURN, FIRST_BEYOND_ASCII] = [0x09, 0x0a, 0x0d, 0x80];
const END = -1;

const AFTER_BACKSLASH = tableOf(/["\\/bfnrt]/);
const HEX = tableOf(/[\da-fA-F]/);

/** 1 for each byte that matches. */
function tableOf(characters: RegExp): Uint8Array {
  return Uint8Array.from({length: 256}, (_, byte) => (characters.test(String.fromCharCode(byte)) ? 1 : 0));
}

/** Reads from start to end. Never reads out of bounds, which is slow in V8. All methods throw {@link LEFT_TO_PARSER}. */
export class JsonReader {
  readonly bytes: Buffer;
  at = 0;
  /** The start and end of the last key, without its quotes. */
  keyFrom = 0;
  keyTo = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** The first byte of the next token. */
  next(): number {
    let byte = this.#byte();
    while (byte === SPACE || byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN) {
      this.at++;
      byte = this.#byte();
    }
    return byte;
  }

  #byte(): number {
    return this.at < this.bytes.length ? (this.bytes[this.at] as number) : END;
  }

  end(): void {
    if (this.next() !== END) throw LEFT_TO_PARSER;
  }

  /**
   * @param levels the nesting depth of the value
   * @param object reads each object in the value. Its argument is the nesting depth of the members
   */
  value(levels: number, object = this.#object): void {
    const byte = this.next();
    if (byte === QUOTE) this.#text();
    else if (byte === OPEN_BRACE) object(levels + 1);
    else if (byte === OPEN_BRACKET) this.#array(levels + 1, object);
    else if (byte === LOWER_T) this.#word('true');
    else if (byte === LOWER_F) this.#word('false');
    else if (byte === LOWER_N) this.#word('null');
    else this.#number();
  }

  #object = (levels: number): void => {
    for (let isOpen = this.enter(levels, CLOSE_BRACE); isOpen; isOpen = this.hasMore(CLOSE_BRACE)) {
      this.key();
      this.value(levels);
    }
  };

  #array(levels: number, object: (levels: number) => void): void {
    for (let isOpen = this.enter(levels, CLOSE_BRACKET); isOpen; isOpen = this.hasMore(CLOSE_BRACKET)) {
      this.value(levels, object);
    }
  }

  /**
   * Enters an object or an array.
   * @returns false if it is empty. An empty one is also skipped
   */
  enter(levels: number, close: number): boolean {
    if (levels > MAX_LEVELS) throw LEFT_TO_PARSER;
    this.at++;
    if (this.next() !== close) return true;
    this.at++;
    return false;
  }

  hasMore(close: number): boolean {
    const byte = this.next();
    if (byte !== COMMA && byte !== close) throw LEFT_TO_PARSER;
    this.at++;
    return byte === COMMA;
  }

  /** A key and its colon. Keys with escapes or non-ASCII characters are left to the parser. */
  key(): void {
    if (this.next() !== QUOTE) throw LEFT_TO_PARSER;
    const {bytes} = this;
    const from = this.at + 1;
    let to = from;
    for (; to < bytes.length; to++) {
      const byte = bytes[to] as number;
      if (byte === QUOTE) break;
      if (byte < SPACE || byte >= FIRST_BEYOND_ASCII || byte === BACKSLASH) throw LEFT_TO_PARSER;
    }
    [this.keyFrom, this.keyTo, this.at] = [from, to, to + 1];
    if (this.next() !== COLON) throw LEFT_TO_PARSER;
    this.at++;
  }

  /**
   * Whether the last key has this name, in any letter case.
   * @param name in lower case
   */
  isKey(name: Uint8Array): boolean {
    if (name.length !== this.keyTo - this.keyFrom) return false;
    for (let index = 0; index < name.length; index++) {
      if (name[index] !== toLowerCase(this.bytes[this.keyFrom + index] as number)) return false;
    }
    return true;
  }

  /** RFC 8259 §7: control characters are not allowed in a string, and non-ASCII characters need no escape. */
  #text(): void {
    const {bytes} = this;
    let at = this.at + 1;
    while (at < bytes.length) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        this.at = at + 1;
        return;
      }
      if (byte < SPACE) break;
      at = byte === BACKSLASH ? this.#escape(at + 1) : at + 1;
    }
    throw LEFT_TO_PARSER;
  }

  /**
   * @param at after the backslash
   * @returns the end of the escape
   */
  #escape(at: number): number {
    const {bytes} = this;
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
      this.at++;
    }
  }

  /** RFC 8259 §6: no zero before other digits, and digits on both sides of a dot. */
  #number(): void {
    this.#skipOne(MINUS);
    if (!this.#skipOne(ZERO)) this.#digits();
    if (this.#skipOne(DOT)) this.#digits();
    if (!this.#skipOne(LOWER_E) && !this.#skipOne(UPPER_E)) return;
    if (!this.#skipOne(PLUS)) this.#skipOne(MINUS);
    this.#digits();
  }

  #skipOne(byte: number): boolean {
    const isPresent = this.#byte() === byte;
    if (isPresent) this.at++;
    return isPresent;
  }

  /** At least one digit. */
  #digits(): void {
    const start = this.at;
    for (let byte = this.#byte(); byte >= ZERO && byte <= NINE; byte = this.#byte()) this.at++;
    if (this.at === start) throw LEFT_TO_PARSER;
  }
}

function toLowerCase(byte: number): number {
  return byte >= UPPER_A && byte <= UPPER_Z ? byte + TO_LOWER_CASE : byte;
}
