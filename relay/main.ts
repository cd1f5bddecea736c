/** Entry point of the relay: starts it with the real network and clock, and stops it on a signal. */
import {ConfigError} from '../src/base/errors.ts';
import {createKeepAliveFetch} from '../src/base/http/fetch.ts';
import {nodeVersionMistake} from '../src/base/node-version.ts';
import {createOutput} from './observe/output.ts';
import {systemClock} from './process/clock.ts';
import {limitHeap} from './process/heap.ts';
import {startRelay} from './start.ts';

/** The maximum time to write the log, or a startup error, to a slow reader. */
const FLUSH_MS = 500;

const tooOld = nodeVersionMistake(process.versions.node);
if (tooOld !== undefined) {
  process.stderr.write(`${tooOld}\n`);
  process.exit(1);
}

limitHeap();
const output = createOutput();
try {
  const {close} = await startRelay(process.env, {
    fetch: createKeepAliveFetch(),
    now: Date.now,
    clock: systemClock,
    random: Math.random,
    logTo: output,
  });
  stopOnSignals(async () => {
    await close();
    await output.drain(FLUSH_MS);
  });
} catch (error) {
  const message = error instanceof ConfigError ? error.message : String((error as Error).stack ?? error);
  const exit = () => process.exit(1); // explicit, because the server can already be listening
  setTimeout(exit, FLUSH_MS);
  process.stderr.on('error', exit).write(`${message}\n`, exit);
}

/** After the first signal, the relay responds to held webhooks. The second signal ends the process at once. */
function stopOnSignals(close: () => Promise<void>): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    // Kept-alive connections to GitHub would keep the process running for some seconds.
    void close().then(() => process.exit(0));
  };
  // SIGHUP: the terminal or session that started the relay has ended.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
}
