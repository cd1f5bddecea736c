/** Act: what a script says: shown as far as a log takes it; of what a terminal would show, the end is kept for the report. */
import {TerminalScreen} from './terminal-screen.ts';

/** A log with more is a dump; the runner slows down under it. */
const MAX_SHOWN = 1024 * 1024;
const MAX_KEPT = 64 * 1024;

export class ScriptOutput {
  readonly #screen: TerminalScreen;
  #room = MAX_SHOWN;
  #endsInLine = true;
  readonly #write: (text: string) => void;

  /**
   * @param write gets the output as it comes, up to 1 MiB
   * @param mask blanks secrets in a line
   */
  constructor(write: (text: string) => void, mask: (line: string) => string) {
    this.#write = write;
    this.#screen = new TerminalScreen({keep: MAX_KEPT, mask});
  }

  add(text: string): void {
    this.#screen.add(text);
    if (this.#room === 0) return;
    const fits = text.length < this.#room;
    this.#show(fits ? text : `${text.slice(0, this.#room)}\n… the rest of the output is not shown\n`);
    this.#room = fits ? this.#room - text.length : 0;
  }

  /** Whatever comes next in the log starts on a line of its own. */
  end(): void {
    if (!this.#endsInLine) this.#show('\n');
  }

  /** The end of it, from the start of a line. */
  get tail(): string {
    const {text, wasCut} = this.#screen;
    return wasCut ? `…\n${text}` : text;
  }

  #show(text: string): void {
    if (text === '') return;
    this.#endsInLine = text.endsWith('\n');
    this.#write(text);
  }
}
