/** The number of runs of large property tests. */

/** A tenth by default, so that `npm test` stays short. The workflow CI sets PROPERTY_RUNS to 1, which is all of them. More is possible. */
const SHARE = Number(process.env['PROPERTY_RUNS'] ?? 0.1);

/** Whether everything is tried, as in the workflow CI: tests of many cases may try some of them otherwise. */
export const TRIES_ALL = SHARE >= 1;

/** All cases, or by default the first one of each kind. */
export function sampled<T>(cases: readonly T[], kindOf: (one: T) => string): readonly T[] {
  if (TRIES_ALL) return cases;
  const kinds = new Map(cases.toReversed().map(one => [kindOf(one), one]));
  return [...kinds.values()];
}

/** @param all the number of runs that is enough to trust the property */
export function runs(all: number): number {
  return Math.max(1, Math.ceil(all * SHARE));
}
