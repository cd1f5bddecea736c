/**
 * The default number of examples of a property test: a quarter of fast-check's, so that `npm test` stays short. The CI workflow tries all,
 * and PROPERTY_RUNS=10 tries ten times as many. For tests that set a number, see test/helpers/values/runs.ts.
 */
import fc from 'fast-check';

fc.configureGlobal({numRuns: Math.max(25, 100 * Number(process.env.PROPERTY_RUNS ?? 0.1))});
