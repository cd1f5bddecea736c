/** Ctrl-C, for commands that run until the user wants them to end. */

/** The first Ctrl-C lets everything end in order, the second does not wait. */
export function interrupted(): Promise<void> {
  return new Promise(resolve => {
    let isEnding = false;
    const end = () => {
      if (isEnding) process.exit(1);
      isEnding = true;
      resolve();
    };
    process.on('SIGINT', end).on('SIGTERM', end);
  });
}
