/** Entry of the relay: starts it with the real world, and ends it when told to. */
import {ConfigError} from '../src/errors.ts';
import {createKeepAliveFetch} from '../src/fetch.ts';
import {systemClock} from './clock.ts';
import {keepSmall} from './memory.ts';
import {type RunningRelay, startRelay} from './start.ts';

keepSmall();
try {
  stopOnSignals(
    await startRelay(process.env, {
      fetch: createKeepAliveFetch(),
      now: Date.now,
      clock: systemClock,
      random: Math.random,
    }),
  );
} catch (error) {
  const told = error instanceof ConfigError ? error.message : String((error as Error).stack ?? error);
  process.stderr.write(`${told}\n`, () => process.exit(1)); // something may listen already
}

/** The first signal lets what is held be answered; the second does not wait. */
function stopOnSignals(relay: RunningRelay): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    // Connections to GitHub that are kept alive would hold the process for some seconds.
    void relay.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}
