/**
 * Two projects: `unit` answers fast. `slow` runs dist/, scripts, browsers and databases as child processes (test/e2e), and what waits
 * or repeats for long (*.slow.test.ts). The tests are built first and run without Jest's sandbox, which would load and compile all modules
 * again for each file: that took three quarters of the time.
 */
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {buildTests} from './test/runner/build-tests.js';

const built = join(import.meta.dirname, '.tests');
await buildTests(import.meta.dirname, built);

const shared = {
  rootDir: built,
  runner: join(import.meta.dirname, 'test/runner/runner.js'),
  setupFiles: [
    join(import.meta.dirname, 'test/runner/source-maps.js'),
    join(import.meta.dirname, 'test/runner/properties.js'),
  ],
  setupFilesAfterEnv: [join(import.meta.dirname, 'test/runner/time-limit.js')],
};
const SLOW = ['<rootDir>/test/e2e/', '\\.slow\\.test\\.ts\\.js$'];

export default {
  rootDir: built,
  maxWorkers: 2 * availableParallelism(), // many slow tests wait for processes and time limits
  projects: [
    {...shared, displayName: 'unit', testMatch: ['**/*.test.ts.js'], testPathIgnorePatterns: SLOW},
    {...shared, displayName: 'slow', testMatch: ['**/e2e/**/*.test.ts.js', '**/*.slow.test.ts.js']},
  ],
};
