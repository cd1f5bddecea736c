#!/usr/bin/env node
/** The entry point of the command line: creates the dependencies and runs the command. */
import {dirname} from 'node:path';
import {createInterface} from 'node:readline/promises';
import {buffer} from 'node:stream/consumers';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {fetch} from '../base/http/fetch.ts';
import {nodeVersionMistake} from '../base/node-version.ts';
import {runProgram} from './program.ts';
import {interrupted} from './shared/interrupted.ts';

// A closed pipe is not a failure: `port-reactor demo | head` closes it. A full disk is. The error is printed here, because for an
// uncaught error Node prints the whole bundle, which is a single line.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0);
  process.stderr.write(
    `port-reactor can't write to standard output (${error.message}). Free some space, or redirect the output elsewhere\n`,
  );
  process.exit(1);
});
process.stderr.on('error', () => {}); // the error cannot be printed anywhere. The exit code is still set

const tooOld = nodeVersionMistake(process.versions.node);
if (tooOld !== undefined) {
  process.stderr.write(`${tooOld}\n`);
  process.exit(2);
}

await runProgram(process.argv.slice(2), {
  env: process.env,
  dist: dirname(dirname(fileURLToPath(import.meta.url))), // this bundle is dist/cli/index.js
  cwd: process.cwd(),
  terminal: process.stdout,
  fetch,
  now: Date.now,
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal && {signal}).catch(() => {}), // the signal aborted it
  interrupted,
  ask: process.stdin.isTTY && process.stdout.isTTY ? ask : undefined,
  readInput: () => buffer(process.stdin),
  write: text => void process.stdout.write(text),
  writeError: text => void process.stderr.write(text),
  exitWith: code => {
    process.exitCode = code;
  },
});

async function ask(question: string): Promise<string> {
  const terminal = createInterface({input: process.stdin, output: process.stdout});
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}
