/** Work that is done when its result is first asked for, and only then. */

/** @returns gives the result of the one call of `make`, each time it is asked */
export function lazy<T>(make: () => T): () => T {
  let made: {readonly value: T} | undefined;
  return () => {
    made ??= {value: make()};
    return made.value;
  };
}
