/** Entry of the relay: starts it with the real world, and ends it on a signal. */
import {ConfigError} from '../src/base/errors.ts';
import {createKeepAliveFetch} from '../src/base/fetch.ts';
import {systemClock} from './clock.ts';
import {keepSmall} from './heap.ts';
import {createOutput} from './observe/output.ts';
import {startRelay} from './start.ts';

/** How long a slow reader of the log, or of the reason for not starting, is waited for at the end. */
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
  const exit = () => process.exit(1); // something may listen already
  setTimeout(exit, LAST_WORDS_MS);
  process.stderr.on('error', exit).write(`${words}\n`, exit);
}

/** The first signal lets what is held be answered; the second does not wait. */
function stopOnSignals(close: () => Promise<void>): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    // Connections to GitHub that are kept alive would hold the process for some seconds.
    void close().then(() => process.exit(0));
  };
  // SIGHUP: the terminal or session that the relay was started in has ended.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
}
