/** A value that is computed once, on first use. */

/** @returns a function that calls `make` once and returns the same result every time */
export function lazy<T>(make: () => T): () => T {
  let made: {readonly value: T} | undefined;
  return () => {
    made ??= {value: make()};
    return made.value;
  };
}
