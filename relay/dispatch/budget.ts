/**
 * A token bucket that limits the dispatches in any minute to the budget. After a quiet time, the first dispatches are sent at
 * once. The others are spread over the minute.
 */
import type {Now} from '../../src/base/deps.ts';

/** GitHub's minute, plus a second, because dispatches can arrive closer together than they were sent. */
const WINDOW_MS = 61_000;

/**
 * The share of a minute's budget that can be sent at once. The rest sets the pace. Together they never exceed the budget, and a
 * burst does not increase the time between two dispatches of a partition.
 */
const BURST_SHARE = 0.2;

/** Changes are collected after this share of the burst is spent. The time grows with the spent share. */
const FREE_SHARE = 0.25;
const MAX_COLLECT_MS = 300;

/** A dispatch of the last minute. */
export interface SentDispatch {
  /** The latest time at which GitHub can have received it. See {@link Budget.recordArrival}. */
  atMs: number;
}

export class Budget {
  readonly #perMinute: number;
  readonly #now: Now;
  readonly #burst: number;
  /** The dispatches of the last minute, oldest first. */
  readonly #sent: SentDispatch[] = [];
  #tokens: number;
  #refilledAtMs = Number.NEGATIVE_INFINITY;

  /** @param perMinute at least 1 */
  constructor(perMinute: number, now: Now) {
    this.#perMinute = perMinute;
    this.#now = now;
    this.#burst = Math.max(Math.floor(perMinute * BURST_SHARE), 1);
    this.#tokens = this.#burst;
  }

  /** The time until the next dispatch can be sent. 0 means now. */
  get delayMs(): number {
    this.#refill();
    return Math.max((1 - this.#tokens) * this.#intervalMs, this.#untilRoomMs(), 0);
  }

  /** The time to collect changes before a dispatch. 0 while most of the burst is unspent. */
  get collectMs(): number {
    this.#refill();
    const spent = 1 - Math.max(this.#tokens, 0) / this.#burst;
    return spent <= FREE_SHARE ? 0 : MAX_COLLECT_MS * spent;
  }

  /** Counts a dispatch that is sent now. */
  take(): SentDispatch {
    this.#refill();
    this.#tokens -= 1;
    const sent = {atMs: this.#now()};
    this.#sent.push(sent);
    return sent;
  }

  /**
   * Called when GitHub has responded to a dispatch, or when it was abandoned. The dispatch may have waited for a token or a
   * connection, so evenly spaced dispatches can reach GitHub at the same time.
   */
  recordArrival(sent: SentDispatch): void {
    const index = this.#sent.indexOf(sent);
    if (index === -1) return;
    this.#sent.splice(index, 1);
    sent.atMs = this.#now();
    this.#sent.push(sent);
  }

  get #intervalMs(): number {
    return WINDOW_MS / Math.max(this.#perMinute - this.#burst, 1);
  }

  #refill(): void {
    const nowMs = this.#now();
    this.#tokens = Math.min(this.#tokens + (nowMs - this.#refilledAtMs) / this.#intervalMs, this.#burst);
    this.#refilledAtMs = nowMs;
  }

  /** The time until another dispatch is within the budget of the last minute. */
  #untilRoomMs(): number {
    const startMs = this.#now() - WINDOW_MS;
    while (this.#sent[0] !== undefined && this.#sent[0].atMs <= startMs) this.#sent.shift();
    const blocking = this.#sent[this.#sent.length - this.#perMinute];
    return blocking === undefined ? 0 : blocking.atMs - startMs;
  }
}
