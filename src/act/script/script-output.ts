/** Act: the output of a script. Streams it to the log up to a limit, and stores the end as a terminal would show it. */
import {TerminalScreen} from './terminal-screen.ts';

/** The maximum amount of output that is streamed. More would slow down the runner. */
const MAX_SHOWN = 1024 * 1024;
const MAX_KEPT = 64 * 1024;

export class ScriptOutput {
  readonly #screen: TerminalScreen;
  #room = MAX_SHOWN;
  #endsInLine = true;
  readonly #write: (text: string) => void;

  /**
   * @param write receives the output as it arrives, up to 1 MiB
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

  /** Ends the last line, so that the next log entry starts on a new line. */
  end(): void {
    if (!this.#endsInLine) this.#show('\n');
  }

  /** The end of the output, from the start of a line. */
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
