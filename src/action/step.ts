/**
 * One step of a workflow, from its environment to its exit code. Creates the dependencies, calls react, and turns every error
 * into a red step.
 */
import type {Fetch, Now} from '../base/deps.ts';
import {reportFailure} from '../report/report-failure.ts';
import {type Wait, watchCancellation} from './cancel.ts';
import {type LazyModules, react} from './react.ts';
import {createRunner, type RunnerProcess} from './runner.ts';

/** The process of the step, as the runner starts it. */
export interface StepProcess extends RunnerProcess, Pick<NodeJS.EventEmitter, 'once'> {}

/** The dependencies of the step besides its process. */
export interface StepDeps extends LazyModules {
  readonly fetch: Fetch;
  readonly now: Now;
  readonly wait: Wait;
}

/** Never rejects. Errors are in the log, in the summary and in `process.exitCode`. */
export async function runStep(process: StepProcess, {wait, ...deps}: StepDeps): Promise<void> {
  const core = createRunner(process);
  const {env, stdout} = process;
  try {
    const {overdue, ...cancellable} = watchCancellation(process, {fetch: deps.fetch, wait});
    const done = react({...deps, ...cancellable, core, env, write: text => void stdout.write(text)});
    await Promise.race([done, overdue]);
  } catch (error) {
    reportFailure(error, core, env);
  }
}
