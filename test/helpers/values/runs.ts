/** The number of runs of large property tests. */

/** The part of the runs: a tenth by default, so that `npm test` stays short. The CI workflow sets PROPERTY_RUNS to 1, which is all. */
const SHARE = Number(process.env['PROPERTY_RUNS'] ?? 0.1);

/** True if tests try all cases, as the CI workflow does. Otherwise, tests with many cases can try some of them. */
export const TRIES_ALL = SHARE >= 1;

/** All cases, or by default only the first of each kind. */
export function sampled<T>(cases: readonly T[], kindOf: (one: T) => string): readonly T[] {
  if (TRIES_ALL) return cases;
  const kinds = new Map(cases.toReversed().map(one => [kindOf(one), one]));
  return [...kinds.values()];
}

/** @param all the number of runs that is enough to rely on the property */
export function runs(all: number): number {
  return Math.max(1, Math.ceil(all * SHARE));
}
