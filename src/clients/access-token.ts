/** The access token of one pair of credentials, shared by concurrent calls. */
import type {Patience} from './patience.ts';

/** Fetches a token, with the retry budget of the call that needs it. */
export type FetchToken = (patience: Patience) => Promise<string>;

export class AccessToken {
  #current: Promise<string> | undefined;
  readonly #fetch: FetchToken;

  constructor(fetch: FetchToken) {
    this.#fetch = fetch;
  }

  /** The token, fetched on first use. A failure is not cached, so the next call tries again. */
  async get(patience: Patience): Promise<string> {
    this.#current ??= this.#fetch(patience);
    const held = this.#current;
    try {
      return await held;
    } catch (error) {
      this.#drop(held);
      throw error;
    }
  }

  /** Replaces a refused token. If several calls report the refusal, only the first one fetches a new token. */
  async renew(refused: string, patience: Patience): Promise<string> {
    const held = this.#current;
    if (held !== undefined && (await held) === refused) this.#drop(held);
    return this.get(patience);
  }

  #drop(held: Promise<string>): void {
    if (this.#current === held) this.#current = undefined;
  }
}
