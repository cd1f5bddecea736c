/** A random value that an answer must carry, and that is good for one answer. */
import {randomBytes, timingSafeEqual} from 'node:crypto';

/** 256 bits, fit for a path and a query. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** In a time that does not depend on where the texts differ. */
export function isSame(text: string, expected: string): boolean {
  const [a, b] = [Buffer.from(text), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export class OneTimeState {
  #value = randomToken();

  /** What the next answer must carry. */
  get value(): string {
    return this.#value;
  }

  /** Whether the text is the value, which then is used up. */
  use(text: string): boolean {
    if (!isSame(text, this.#value)) return false;
    this.#value = randomToken();
    return true;
  }

  /** Makes a used value good again, if what it was used for did not happen. */
  restore(value: string): void {
    this.#value = value;
  }
}
