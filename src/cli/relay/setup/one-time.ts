/** A random state value that is valid for one answer. */
import {randomBytes, timingSafeEqual} from 'node:crypto';

/** 256 random bits, safe in a path and in a query. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares in constant time. */
export function isSame(text: string, expected: string): boolean {
  const [a, b] = [Buffer.from(text), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export class OneTimeState {
  #value = randomToken();

  /** The state that the next answer must contain. */
  get value(): string {
    return this.#value;
  }

  /** Whether the text is the state. If so, the state becomes invalid. */
  use(text: string): boolean {
    if (!isSame(text, this.#value)) return false;
    this.#value = randomToken();
    return true;
  }

  /** Makes a used state valid again, if the action of the answer failed. */
  restore(value: string): void {
    this.#value = value;
  }
}
