/** Backtest: exact percentiles of any number of durations. Memory use depends on the number of distinct values. */

export class Percentiles {
  readonly #counts = new Map<number, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** @param seconds an integer */
  add(seconds: number): void {
    this.#counts.set(seconds, (this.#counts.get(seconds) ?? 0) + 1);
    this.#total += 1;
  }

  /**
   * The nearest-rank percentile.
   * @param share from 0 to 1. Undefined if no duration was added
   */
  percentile(share: number): number | undefined {
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    for (const [seconds, count] of [...this.#counts].toSorted(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= rank) return seconds;
    }
    return undefined;
  }

  get longest(): number | undefined {
    return this.percentile(1);
  }
}

export interface PercentileSummary {
  /** Seconds. */
  readonly p50: number;
  readonly p95: number;
  readonly longest: number;
}

export function summarize(percentiles: Percentiles): PercentileSummary | undefined {
  const [p50, p95, {longest}] = [percentiles.percentile(0.5), percentiles.percentile(0.95), percentiles];
  return p50 === undefined || p95 === undefined || longest === undefined ? undefined : {p50, p95, longest};
}
