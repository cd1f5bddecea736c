/**
 * Node runs the tests, in a few processes that load each module once. A process runs files of both projects, one after the other. The pool of jest-light-runner is not used: under load, one of its processes can miss its configuration and wait
 * without end, and each project starts its own processes.
 */
import {fork} from 'node:child_process';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';

const WORKER = join(import.meta.dirname, 'worker.js');

/** A test runner of Jest: https://jestjs.io/docs/configuration#runner-string */
export default class Runner {
  #globalConfig;

  constructor(globalConfig) {
    this.#globalConfig = globalConfig;
  }

  async runTests(tests, _watcher, ...callbacks) {
    const [onStart, onResult, onFailure] = callbacks;
    const waiting = [...tests];
    const runNext = async worker => {
      const test = waiting.shift();
      if (test === undefined) return worker.end();
      await onStart(test);
      await worker
        .run(test)
        .then(requireAll)
        .then(
          result => onResult(test, result),
          error => onFailure(test, error),
        );
      return runNext(worker.isConnected ? worker : new Worker(this.#globalConfig));
    };
    const count = Math.min(this.#globalConfig.maxWorkers, tests.length, this.#useful(tests));
    await Promise.all(Array.from({length: count}, () => runNext(new Worker(this.#globalConfig))));
  }

  /** A unit test keeps one core busy. More processes than cores only help tests that wait. */
  #useful(tests) {
    const isUnit = ({context}) => context.config.displayName.name === 'unit';
    return tests.every(isUnit) ? availableParallelism() : Number.POSITIVE_INFINITY;
  }
}

/** Refuses skipped tests if NO_SKIPPED_TESTS is set, as the workflows do, so that a tool that is not installed is noticed. */
function requireAll(result) {
  if (process.env.NO_SKIPPED_TESTS === undefined || result.numPendingTests === 0) return result;
  const skipped = result.testResults.filter(({status}) => status === 'pending').map(({title}) => title);
  throw new Error(
    `NO_SKIPPED_TESTS is set, but these tests are skipped. Install the tools that they need:\n${skipped.join('\n')}`,
  );
}

/** A process that runs test files, one at a time. */
class Worker {
  #globalConfig;
  #process = fork(WORKER);

  constructor(globalConfig) {
    this.#globalConfig = globalConfig;
  }

  get isConnected() {
    return this.#process.connected;
  }

  /** The result of a file. Rejects if the file cannot be loaded, or if the process ends. */
  run({path, context}) {
    const {promise, resolve, reject} = withResolvers();
    const onMessage = ({result, error}) => (error === undefined ? resolve(result) : reject(error));
    const onExit = (code, signal) =>
      reject(new Error(`The process of the tests ended with ${signal ?? `code ${code}`}.`));
    this.#process.once('message', onMessage).once('exit', onExit);
    this.#process.send({path, globalConfig: this.#globalConfig, projectConfig: context.config});
    return promise.finally(() => this.#process.off('message', onMessage).off('exit', onExit));
  }

  end() {
    this.#process.disconnect();
  }
}

/** Like Promise.withResolvers, which Node 20 does not have. */
function withResolvers() {
  let settle;
  const promise = new Promise((resolve, reject) => {
    settle = {resolve, reject};
  });
  return {promise, ...settle};
}
