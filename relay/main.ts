/** Entry of the relay: starts it in the real world, and stops it on a signal. */
import {ConfigError} from '../src/base/errors.ts';
import {createKeepAliveFetch} from '../src/base/fetch.ts';
import {systemClock} from './clock.ts';
import {keepSmall} from './heap.ts';
import {createOutput} from './observe/output.ts';
import {startRelay} from './start.ts';

/** How long the end waits for a slow reader of the log, or of the reason for not starting. */
const LAST_WORDS_MS = 500;

keepSmall();
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
    await output.drain(LAST_WORDS_MS);
  });
} catch (error) {
  const words = error instanceof ConfigError ? error.message : String((error as Error).stack ?? error);
  const exit = () => process.exit(1); // the server may be listening already
  setTimeout(exit, LAST_WORDS_MS);
  process.stderr.on('error', exit).write(`${words}\n`, exit);
}

/** After the first signal, held webhooks are answered. The second ends the process at once. */
function stopOnSignals(close: () => Promise<void>): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    // Kept-alive connections to GitHub would keep the process running for some seconds.
    void close().then(() => process.exit(0));
  };
  // SIGHUP: the terminal or session that the relay was started in has ended.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
}
