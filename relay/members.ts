/** The members of an object in a text of JSON: where they stand, and which of them matter. */

const [READ, CHANGED] = [1, 2];

/** A list that is filled again for each message, and becomes as long as the longest. Members count from 0. */
export class Members {
  length = 0;
  /** What follows the closing brace. */
  end = 0;
  /** What follows the opening brace. */
  begin = 0;
  #starts = new Int32Array(64);
  #flags = new Uint8Array(64);

  clear(begin: number): void {
    this.length = 0;
    this.begin = begin;
    this.end = begin;
  }

  /** The next member, which counts as changed. */
  push(start: number, isRead: boolean): void {
    const place = this.length++;
    if (place === this.#starts.length) this.#grow();
    this.#starts[place] = start;
    this.#flags[place] = isRead ? READ | CHANGED : CHANGED;
  }

  /** A member begins behind the comma or the brace before it. */
  startOf(place: number): number {
    return this.#starts[place] as number;
  }

  /** Behind the comma or the closing brace that ends the member. */
  endOf(place: number): number {
    return place + 1 < this.length ? this.startOf(place + 1) : this.end;
  }

  isRead(place: number): boolean {
    return ((this.#flags[place] as number) & READ) !== 0;
  }

  isChanged(place: number): boolean {
    return ((this.#flags[place] as number) & CHANGED) !== 0;
  }

  setUnchanged(place: number): void {
    this.#flags[place] = (this.#flags[place] as number) & READ;
  }

  #grow(): void {
    const [starts, flags] = [this.#starts, this.#flags];
    this.#starts = new Int32Array(2 * starts.length);
    this.#starts.set(starts);
    this.#flags = new Uint8Array(2 * flags.length);
    this.#flags.set(flags);
  }
}
