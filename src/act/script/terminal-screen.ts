/** Act: text as a terminal would show it. A progress line that overwrites itself appears once. */

/** Escape sequences (ECMA-48), other control characters, and the text between them. */
const TOKEN =
  /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]?|[\u0000-\u001a\u001c-\u001f\u007f]|[^\u0000-\u001f\u007f]+/g;
/** An escape sequence whose end has not arrived yet. */
const UNFINISHED = /\u001b(\[[0-?]*[ -/]*|\][^\u0007\u001b]{0,1000}\u001b?)?$/;
const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f]/;
/** The rightmost column of the cursor. The output chooses column numbers, so they need a limit. */
const MAX_COLUMN = 1_000;
/** Longer than any token. If the start of a row is removed, this many further characters are removed. */
const HALF_ROW = 4096;

export interface ScreenOptions {
  /** How many UTF-16 units of the end are stored. */
  readonly keep: number;
  /** Blanks secrets in a row before the row is partly overwritten. Masking would not recognize the rest of a secret. */
  readonly mask?: (row: string) => string;
}

/** A terminal without a right edge that stores only the end of its output. */
export class TerminalScreen {
  #rows = [''];
  #row = 0;
  #column = 0;
  /** UTF-16 units that were added since the last trim. */
  #added = 0;
  #wasCut = false;
  /** Whether the start of the first row was removed. */
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

  /** Whether the start of the output was removed. */
  get wasCut(): boolean {
    return this.#wasCut;
  }

  /**
   * The end of the output, from the start of a row. A partial row could start with part of a secret, which masking would not
   * recognize.
   */
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

  /** Moves the cursor or erases. Clearing the whole screen is ignored, because earlier output is still useful. */
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

  /** Removes whole rows first. If one row exceeds the limit, removes its start. Runs rarely, because it is slow. */
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
