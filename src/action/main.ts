/** The entry point of the action: runs the step in this process, with the real network and clock. */
import {setTimeout as wait} from 'node:timers/promises';
import {fetch} from '../base/http/fetch.ts';
import {runStep} from './step.ts';

/** Separate bundles, which Node does not parse in runs that do not need them. See scripts/build.js. */
const GITHUB = './github/index.js';
const COMMAND = './command/index.js';
const LINT = './lint/index.js';
const MEMORY = './memory/index.js';
const RECONCILE = './reconcile/index.js';
const YAML = './yaml/index.js';

void main();

async function main(): Promise<void> {
  await runStep(process, {
    fetch,
    now: Date.now,
    wait: (milliseconds, options) => wait(milliseconds, undefined, options),
    loadGitHub: () => import(/* webpackIgnore: true */ GITHUB),
    loadCommand: () => import(/* webpackIgnore: true */ COMMAND),
    loadLint: () => import(/* webpackIgnore: true */ LINT),
    loadMemory: () => import(/* webpackIgnore: true */ MEMORY),
    loadReconcile: () => import(/* webpackIgnore: true */ RECONCILE),
    loadYaml: () => import(/* webpackIgnore: true */ YAML),
  });
  // Exit at once: a connection behind an unresponsive proxy would keep the event loop running.
  process.stdout.write('', () => process.exit());
}
