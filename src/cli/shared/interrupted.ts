/** Handles Ctrl-C, for commands that run until the user stops them. */

/** Resolves at the first Ctrl-C. The second Ctrl-C exits immediately. */
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
