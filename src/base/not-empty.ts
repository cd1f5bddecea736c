/** Parse: a check for any schema that a text or a list is not empty. */
import * as z from 'zod/mini';

/**
 * zod's own check accepts any value with a `length`. It throws if a mapping has a key of that name with an object value:
 * `{"length": {"toString": 1}}`.
 * @param abort whether a failure skips the later checks
 */
export function notEmpty(error: string, {abort = false} = {}) {
  const minimum = 1;
  return new z.core.$ZodCheckMinLength({
    check: 'min_length',
    minimum,
    error: () => error,
    abort,
    when: isTextOrList,
  });
}

function isTextOrList({value}: {value: unknown}): boolean {
  return typeof value === 'string' || Array.isArray(value);
}
