/** Evaluate: the value on one side of a transition, for people. Pure. */
import {showValue} from '../base/text.ts';

/** "not set", or the value. A text that could be taken for a value of another kind is quoted. */
export function showSide(value: unknown): string {
  if (typeof value !== 'string') return showValue(value);
  const looksOther = !Number.isNaN(Number(value)) || /^\s*(true|false|null|not set|["[{].*)\s*$/is.test(value);
  return showValue(looksOther ? JSON.stringify(value) : value);
}
