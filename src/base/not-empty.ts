/** Parse: the check that a text or a list is not empty, for any schema. */
import * as z from 'zod/mini';

/**
 * zod's own check also asks whatever has a `length`, and so throws if a mapping has a key of that name with anything
 * in it: `{"length": {"toString": 1}}`.
 * @param abort whether the checks behind it make no sense then
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
