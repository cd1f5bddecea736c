/** How long one call waits for Port, and when it is repeated. */
import type {Sleep} from '../deps.ts';
import {PortError} from './port-error.ts';

/** The longest time that one call waits, in all, because Port asks it to. */
const MAX_WAIT_MS = 30_000;
const MIN_WAIT_MS = 1_000;

/** The patience of one call; the requests that it takes share it. */
export class Patience {
  #leftMs = MAX_WAIT_MS;
  #repeated = false;
  readonly #sleep: Sleep;

  constructor(sleep: Sleep) {
    this.#sleep = sleep;
  }

  /**
   * What was limited was not done, so it is repeated for as long as patience lasts. After an outage nobody knows, so it is
   * repeated once, and only if it may happen twice.
   * @throws what the last attempt threw
   */
  async spend(attempt: () => Promise<unknown>, mayHappenTwice: boolean): Promise<unknown> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        await this.#waitOrThrow(error, mayHappenTwice);
      }
    }
  }

  async #waitOrThrow(error: unknown, mayHappenTwice: boolean): Promise<void> {
    if (!(error instanceof PortError)) throw error;
    const isOutage = [502, 503, 504].includes(error.status);
    const isRepeatable = error.status === 429 || (isOutage && mayHappenTwice && !this.#repeated);
    const waitMs = Math.max(error.retryAfterMs ?? 0, MIN_WAIT_MS);
    if (!isRepeatable || waitMs > this.#leftMs) throw error;
    if (isOutage) this.#repeated = true;
    this.#leftMs -= waitMs;
    await this.#sleep(waitMs);
  }
}
