/** Act: what a script says: shown as far as a log takes it, its end kept for the report. */

/** A log with more is a dump; the runner slows down under it. */
const MAX_SHOWN = 1024 * 1024;
const MAX_KEPT = 64 * 1024;
/** More than a token has; what is missing of a line that was cut. */
const HALF_LINE = 4096;

export class ScriptOutput {
  #tail = '';
  #wasCut = false;
  #room = MAX_SHOWN;
  #endsInLine = true;
  readonly #write: (text: string) => void;

  /** @param write gets the output as it comes, up to 1 MiB */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(text: string): void {
    this.#keep(text);
    if (this.#room === 0) return;
    const fits = text.length < this.#room;
    this.#show(fits ? text : `${text.slice(0, this.#room)}\n… the rest of the output is not shown\n`);
    this.#room = fits ? this.#room - text.length : 0;
  }

  /** Whatever comes next in the log starts on a line of its own. */
  end(): void {
    if (!this.#endsInLine) this.#show('\n');
  }

  /** The end of it, from the start of a line: half a line may start with half a secret, which nobody would recognise. */
  get tail(): string {
    if (!this.#wasCut) return this.#tail;
    return `…\n${this.#tail.slice(this.#tail.indexOf('\n') + 1 || HALF_LINE)}`;
  }

  #keep(text: string): void {
    const all = this.#tail + text;
    this.#wasCut ||= all.length > MAX_KEPT;
    this.#tail = all.slice(-MAX_KEPT);
  }

  #show(text: string): void {
    if (text === '') return;
    this.#endsInLine = text.endsWith('\n');
    this.#write(text);
  }
}
