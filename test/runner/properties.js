/**
 * The examples of property tests. `npm test` is short and repeatable: a quarter of fast-check's number, always the same ones, so that
 * an unlucky draw cannot fail it. The workflow CI sets PROPERTY_RUNS to 1, which tries all of them with a new seed, and
 * PROPERTY_RUNS=10 tries ten times as many. For tests that set a number of examples, see test/helpers/values/runs.ts.
 */
import fc from 'fast-check';

const share = Number(process.env.PROPERTY_RUNS ?? 0.1);
fc.configureGlobal(share < 1 ? {numRuns: 25, seed: 1} : {numRuns: 100 * share});
