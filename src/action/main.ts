/** The entry of the action: builds the real world, calls react, and turns whatever is thrown into a red step. */
import {fetch} from '../base/fetch.ts';
import {reportFailure} from '../report/report-failure.ts';
import {watchCancellation} from './cancel.ts';
import {react} from './react.ts';
import {createRunner} from './runner.ts';

/** Bundles of their own, so that Node does not have to read them for the runs that need none of them: scripts/build.js. */
const GITHUB = './github/index.js';
const COMMAND = './command/index.js';
const LINT = './lint/index.js';
const MEMORY = './memory/index.js';
const RECONCILE = './reconcile/index.js';
const YAML = './yaml/index.js';

void main();

async function main(): Promise<void> {
  const core = createRunner(process);
  try {
    const {overdue, ...cancellable} = watchCancellation(process, fetch);
    const done = react({
      core,
      env: process.env,
      ...cancellable,
      now: Date.now,
      loadGitHub: () => import(/* webpackIgnore: true */ GITHUB),
      loadCommand: () => import(/* webpackIgnore: true */ COMMAND),
      loadLint: () => import(/* webpackIgnore: true */ LINT),
      loadMemory: () => import(/* webpackIgnore: true */ MEMORY),
      loadReconcile: () => import(/* webpackIgnore: true */ RECONCILE),
      loadYaml: () => import(/* webpackIgnore: true */ YAML),
      write: text => void process.stdout.write(text),
    });
    await Promise.race([done, overdue]);
  } catch (error) {
    reportFailure(error, core, process.env);
  }
  // Not when nothing is left to wait for: a connection behind a silent proxy can't be ended, and would hold the step.
  process.stdout.write('', () => process.exit());
}
