/**
 * When the next dispatch may go, so that a minute never holds more than the budget. The first dispatches of a quiet time go
 * at once; under pressure they are spread over the minute, so that batches fill meanwhile. Pure but for its own count.
 */

/** GitHub's minute, and a second for the ways between two clocks: what left spread out may arrive closer together. */
const WINDOW_MS = 61_000;

/** The part of a budget that may go at once after a quiet time. */
const BURST_SHARE = 0.25;

/** A dispatch of the last minute. */
export interface Sent {
  /** When it went out at the latest; see {@link Budget.arrived}. */
  atMs: number;
  /** Sooner after the one before than an even spread would have it. */
  readonly isEarly: boolean;
}

/** A token bucket that is refilled more slowly for a minute after a burst, and a count of the minute that rules it all. */
export class Budget {
  readonly #perMinute: number;
  readonly #burst: number;
  /** Of the last minute, oldest first. */
  readonly #sent: Sent[] = [];
  #early = 0;
  #tokens: number;
  #takenAtMs = Number.NEGATIVE_INFINITY;
  #refilledAtMs = Number.NEGATIVE_INFINITY;

  /** @param perMinute at least 1 */
  constructor(perMinute: number) {
    this.#perMinute = perMinute;
    this.#burst = Math.max(Math.floor(perMinute * BURST_SHARE), 1);
    this.#tokens = this.#burst;
  }

  /**
   * Milliseconds until a dispatch may go; 0 for now.
   * @param before how many others go before it
   */
  delayMs(nowMs: number, before = 0): number {
    this.#refill(nowMs);
    const missing = 1 + before - this.#tokens;
    return Math.max(missing * this.intervalMs(nowMs), this.#untilRoomMs(nowMs, before), 0);
  }

  /** Counts a dispatch that goes now. */
  take(nowMs: number): Sent {
    this.#refill(nowMs);
    // A timer's millisecond does not make it early.
    const isEarly = nowMs - this.#takenAtMs < this.intervalMs(nowMs) - 2;
    const sent = {atMs: nowMs, isEarly};
    this.#sent.push(sent);
    if (isEarly) this.#early++;
    this.#tokens -= 1;
    this.#takenAtMs = nowMs;
    return sent;
  }

  /**
   * A dispatch was answered, or given up. It may have left only just before, after waiting for a token or a connection: what
   * was taken evenly can still get there all at once.
   */
  arrived(sent: Sent, nowMs: number): void {
    this.#forget(nowMs);
    const index = this.#sent.indexOf(sent);
    if (index === -1) return;
    this.#sent.splice(index, 1);
    sent.atMs = nowMs;
    this.#sent.push(sent);
  }

  /** The distance of dispatches under pressure: what went early has to be made up for within the minute. */
  intervalMs(nowMs: number): number {
    this.#forget(nowMs);
    return WINDOW_MS / Math.max(this.#perMinute - this.#early, 1);
  }

  #refill(nowMs: number): void {
    const passedMs = nowMs - this.#refilledAtMs;
    this.#tokens = Math.min(this.#tokens + passedMs / this.intervalMs(nowMs), this.#burst);
    this.#refilledAtMs = nowMs;
  }

  /** Until enough of the last minute's dispatches are more than a minute ago. */
  #untilRoomMs(nowMs: number, before: number): number {
    const blocking = this.#sent[this.#sent.length + before - this.#perMinute];
    return blocking === undefined ? 0 : blocking.atMs + WINDOW_MS - nowMs;
  }

  #forget(nowMs: number): void {
    const isOld = (sent: Sent | undefined) => sent !== undefined && sent.atMs <= nowMs - WINDOW_MS;
    while (isOld(this.#sent[0])) if (this.#sent.shift()?.isEarly) this.#early--;
  }
}
