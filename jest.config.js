/**
 * Two projects: `unit` answers fast, `e2e` runs dist/, scripts, browsers and databases as child processes.
 * The tests are built first and run in plain Node (jest-light-runner): Jest's sandbox would load and compile all modules again for each file,
 * which took three quarters of the time.
 */
import {join} from 'node:path';
import {buildTests} from './test/runner/build-tests.js';

const built = join(import.meta.dirname, '.tests');
await buildTests(import.meta.dirname, built);

const shared = {
  rootDir: built,
  runner: ['jest-light-runner', {runtime: 'child_process'}],
  setupFiles: [join(import.meta.dirname, 'test/runner/source-maps.js')],
  setupFilesAfterEnv: [join(import.meta.dirname, 'test/runner/time-limit.js')],
};

export default {
  rootDir: built,
  maxWorkers: '100%',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts.js'],
      testPathIgnorePatterns: ['<rootDir>/test/e2e/'],
    },
    {...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts.js']},
  ],
};
