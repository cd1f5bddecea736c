/** Act: text as a terminal would show it: progress lines that overwrite themselves appear once. */

/** Escape sequences (ECMA-48), other control characters, and what stands between them. */
const TOKEN =
  /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]?|[\u0000-\u001a\u001c-\u001f\u007f]|[^\u0000-\u001f\u007f]+/g;
/** The beginning of an escape sequence whose end has not come yet. */
const UNFINISHED = /\u001b(\[[0-?]*[ -/]*|\][^\u0007\u001b]{0,1000}\u001b?)?$/;
const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f]/;
/** A cursor does not go further right than this: a column is a number that the text chooses. */
const MAX_COLUMN = 1_000;
/** More than a token has; what is left out of a row whose start is not kept. */
const HALF_ROW = 4096;

export interface ScreenOptions {
  /** How many UTF-16 units of the end are kept. */
  readonly keep: number;
  /** Blanks secrets in a row before a part of it is written over: what is left of one would not be recognised. */
  readonly mask?: (row: string) => string;
}

/** A terminal without an edge on the right, of which only the end is kept. */
export class TerminalScreen {
  #rows = [''];
  #row = 0;
  #column = 0;
  /** UTF-16 units that were added since the last trim. */
  #added = 0;
  #wasCut = false;
  /** Whether the start of the first row is not kept. */
  #isPartial = false;
  #unfinished = '';
  readonly #keep: number;
  readonly #mask: (row: string) => string;

  constructor({keep, mask = row => row}: ScreenOptions) {
    this.#keep = keep;
    this.#mask = mask;
  }

  add(text: string): void {
    const all = this.#unfinished + text;
    this.#unfinished = UNFINISHED.exec(all)?.[0] ?? '';
    const whole = all.slice(0, all.length - this.#unfinished.length);
    if (STEERS.test(whole) || !this.#isAtEnd()) this.#interpret(whole);
    else this.#append(whole);
    this.#added += text.length;
    if (this.#added > this.#keep / 4) this.#trim();
  }

  /** Whether something that came first is not kept. */
  get wasCut(): boolean {
    return this.#wasCut;
  }

  /** The end of it, from the start of a row. Half a row may start with half a secret, which masking would not recognise. */
  get text(): string {
    this.#trim();
    const all = this.#rows.join('\n');
    return this.#isPartial ? all.slice(HALF_ROW) : all;
  }

  #isAtEnd(): boolean {
    return this.#row === this.#rows.length - 1 && this.#column === this.#rows[this.#row]?.length;
  }

  /** The fast path for text without control characters. */
  #append(text: string): void {
    const [first = '', ...more] = text.split('\n');
    this.#rows[this.#row] += first;
    this.#rows.push(...more);
    this.#row = this.#rows.length - 1;
    this.#column = this.#rows[this.#row]?.length ?? 0;
  }

  #interpret(text: string): void {
    for (const [token, numbers, command] of text.matchAll(TOKEN)) {
      if (command !== undefined) this.#run(command, Number.parseInt(numbers || '0', 10) || 0);
      else if (token === '\n') this.#goToRow(this.#row + 1, 0);
      else if (token === '\r') this.#column = 0;
      else if (token === '\b') this.#column = Math.max(0, this.#column - 1);
      else if (token === '\t' || !STEERS.test(token)) this.#print(token);
    }
  }

  #print(text: string): void {
    const old = this.#rows[this.#row] ?? '';
    const row = this.#column < old.length ? this.#mask(old) : old.padEnd(this.#column);
    const end = this.#column + text.length;
    this.#rows[this.#row] = row.slice(0, this.#column) + text + row.slice(end);
    this.#column = end;
  }

  /** Movements of the cursor and erasure. Clearing the whole screen is ignored, because earlier output is still useful. */
  #run(command: string, number: number): void {
    const n = Math.max(1, Math.min(number, MAX_COLUMN));
    if (command === 'A') this.#goToRow(this.#row - n, this.#column);
    else if (command === 'B') this.#goToRow(Math.min(this.#row + n, this.#rows.length - 1), this.#column);
    else if (command === 'C') this.#column = Math.min(this.#column + n, Math.max(MAX_COLUMN, this.#column));
    else if (command === 'D') this.#column = Math.max(0, this.#column - n);
    else if (command === 'E') this.#goToRow(Math.min(this.#row + n, this.#rows.length - 1), 0);
    else if (command === 'F') this.#goToRow(this.#row - n, 0);
    else if (command === 'G') this.#column = n - 1;
    else if (command === 'K') this.#eraseInRow(number);
    else if (command === 'J' && number === 0) this.#eraseBelow();
  }

  #eraseInRow(part: number): void {
    const row = this.#mask(this.#rows[this.#row] ?? '');
    if (part === 2) this.#rows[this.#row] = '';
    else if (part === 1) this.#rows[this.#row] = row.slice(this.#column + 1).padStart(row.length);
    else this.#rows[this.#row] = row.slice(0, this.#column);
  }

  #eraseBelow(): void {
    this.#eraseInRow(0);
    this.#rows.length = this.#row + 1;
  }

  #goToRow(row: number, column: number): void {
    this.#row = Math.max(0, row);
    this.#column = column;
    if (this.#row === this.#rows.length) this.#rows.push('');
  }

  /** Removes whole rows first. If one row alone is too long, removes its start. Runs rarely, because it is slow. */
  #trim(): void {
    this.#added = 0;
    let size = this.#rows.reduce((sum, row) => sum + row.length + 1, -1);
    if (size <= this.#keep) return;
    this.#wasCut = true;
    let drop = 0;
    for (; size > this.#keep && drop < this.#rows.length - 1; drop++) size -= (this.#rows[drop] ?? '').length + 1;
    this.#rows.splice(0, drop);
    this.#row = Math.max(0, this.#row - drop);
    if (drop > 0) this.#isPartial = false;
    if (size > this.#keep) this.#cutRow(size - this.#keep);
  }

  #cutRow(units: number): void {
    this.#rows = [(this.#rows[0] ?? '').slice(units)];
    this.#column = Math.max(0, this.#column - units);
    this.#isPartial = true;
  }
}
