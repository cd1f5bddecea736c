/** How often the large property tests run. */

/** A quarter by default, so that `npm test` stays short. The workflow CI sets PROPERTY_RUNS to 4, which is all of it. More is possible. */
const FACTOR = Number(process.env['PROPERTY_RUNS'] ?? 1) / 4;

/** @param all how many runs of the property make us sure */
export function runs(all: number): number {
  return Math.max(1, Math.ceil(all * FACTOR));
}
