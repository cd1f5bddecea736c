/**
 * When the next dispatch may go, so that no minute contains more than the budget: a token bucket. After a quiet time the first
 * dispatches go at once. The others are spread over the minute.
 */
import type {Now} from '../../src/base/deps.ts';

/** GitHub's minute, plus a second: dispatches can arrive closer together than they were sent. */
const WINDOW_MS = 61_000;

/**
 * The share of a minute's budget that may go at once. The rest sets the pace. Together they never exceed the budget, and the time
 * between two dispatches of a partition does not grow after a burst.
 */
const BURST_SHARE = 0.2;

/** The share of the burst that is spent before changes are collected. How long: the less is left, the longer. */
const FREE_SHARE = 0.25;
const MAX_COLLECT_MS = 300;

/** A dispatch of the last minute. */
export interface SentDispatch {
  /** The latest time at which it can have reached GitHub. See {@link Budget.arrived}. */
  atMs: number;
}

export class Budget {
  readonly #perMinute: number;
  readonly #now: Now;
  readonly #burst: number;
  /** Of the last minute, oldest first. */
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

  /** Until a dispatch may go. 0 means now. */
  get delayMs(): number {
    this.#refill();
    return Math.max((1 - this.#tokens) * this.#intervalMs, this.#untilRoomMs(), 0);
  }

  /** How long changes are collected, as they arrive faster than dispatches may go. 0 as long as most of the burst is left. */
  get collectMs(): number {
    this.#refill();
    const spent = 1 - Math.max(this.#tokens, 0) / this.#burst;
    return spent <= FREE_SHARE ? 0 : MAX_COLLECT_MS * spent;
  }

  /** Counts a dispatch that goes now. */
  take(): SentDispatch {
    this.#refill();
    this.#tokens -= 1;
    const sent = {atMs: this.#now()};
    this.#sent.push(sent);
    return sent;
  }

  /**
   * A dispatch was answered or given up. It may have waited for a token or a connection, so dispatches that were taken evenly can
   * reach GitHub all at once.
   */
  arrived(sent: SentDispatch): void {
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

  /** Until the dispatch that would exceed the budget is more than a minute ago. */
  #untilRoomMs(): number {
    const startMs = this.#now() - WINDOW_MS;
    while (this.#sent[0] !== undefined && this.#sent[0].atMs <= startMs) this.#sent.shift();
    const blocking = this.#sent[this.#sent.length - this.#perMinute];
    return blocking === undefined ? 0 : blocking.atMs - startMs;
  }
}
