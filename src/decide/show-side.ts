/** Evaluate: the value on one side of a transition, for output. Pure. */
import {showValue} from '../base/text/show.ts';

/** "not set", or the value. A text that looks like a value of another type is quoted. */
export function showSide(value: unknown): string {
  if (typeof value !== 'string') return showValue(value);
  const looksLikeOtherType = !Number.isNaN(Number(value)) || /^\s*(true|false|null|not set|["[{].*)\s*$/is.test(value);
  return showValue(looksLikeOtherType ? JSON.stringify(value) : value);
}
