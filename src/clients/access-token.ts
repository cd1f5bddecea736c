/** The access token of one pair of credentials, shared by concurrent calls. */
import type {RetryBudget} from './retry-budget.ts';

/** Fetches a token, with the retry budget of the call that needs it. */
export type FetchToken = (retryBudget: RetryBudget) => Promise<string>;

export class AccessToken {
  #current: Promise<string> | undefined;
  readonly #fetch: FetchToken;

  constructor(fetch: FetchToken) {
    this.#fetch = fetch;
  }

  /** The token, fetched on first use. A failure is not cached, so the next call tries again. */
  async get(retryBudget: RetryBudget): Promise<string> {
    this.#current ??= this.#fetch(retryBudget);
    const held = this.#current;
    try {
      return await held;
    } catch (error) {
      this.#drop(held);
      throw error;
    }
  }

  /** Replaces a refused token. If several calls report the refusal, only the first one fetches a new token. */
  async renew(refused: string, retryBudget: RetryBudget): Promise<string> {
    const held = this.#current;
    if (held !== undefined && (await held) === refused) this.#drop(held);
    return this.get(retryBudget);
  }

  #drop(held: Promise<string>): void {
    if (this.#current === held) this.#current = undefined;
  }
}
