/** Two projects: `unit` answers fast, `e2e` runs dist/, scripts, browsers and databases as child processes. */
const shared = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {'\\.ts$': ['@swc/jest', {jsc: {experimental: {keepImportAttributes: true}}}]},
  modulePathIgnorePatterns: ['<rootDir>/lib/'],
};

export default {
  maxWorkers: '100%',
  testTimeout: 60_000, // for all projects, of which it is no setting; a busy machine is slow, and what hangs is found all the same
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/e2e/'],
    },
    {...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts']},
  ],
};
