/** The entry point of the action: creates the dependencies, calls react, and turns every error into a red step. */
import {fetch} from '../base/fetch.ts';
import {reportFailure} from '../report/report-failure.ts';
import {watchCancellation} from './cancel.ts';
import {react} from './react.ts';
import {createRunner} from './runner.ts';

/** Separate bundles: Node does not parse them in runs that do not need them. See scripts/build.js. */
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
  // Do not wait for the event loop to empty: a connection behind an unresponsive proxy would keep the step running.
  process.stdout.write('', () => process.exit());
}
