/** The written form of the incident settings of a rule: when an incident starts and ends, and what is sent in between. */
import * as z from 'zod/mini';
import {nameMistake} from '../values/destination.ts';
import {Duration, List, Mention, Number_, RefinedText, Scalars, typeMessage, WholeNumber} from './written-values.ts';

const {optional} = z;

/** A number, or a mapping for more options. */
export const WrittenClear = z.union(
  [Number_, z.strictObject({at: optional(Number_), to: optional(Scalars), for: optional(Duration)})],
  typeMessage('a number or a mapping, for example `clear: 70` or `clear: { at: 70, for: 10m }`'),
);
export type WrittenClear = z.infer<typeof WrittenClear>;

export const WrittenFlapping = z.strictObject(
  {changes: WholeNumber.check(z.minimum(2, 'must be at least 2: one change is not flapping')), within: Duration},
  typeMessage('a mapping, for example `flapping: { changes: 5, within: 30m }`'),
);

/** An interval, or a mapping for more options. */
export const WrittenRepeat = z.union(
  [Duration, z.strictObject({every: Duration, times: optional(WholeNumber)})],
  typeMessage('a duration or a mapping, for example `repeat: 4h` or `repeat: { every: 4h, times: 5 }`'),
);
export type WrittenRepeat = z.infer<typeof WrittenRepeat>;

/** Sent if the incident has been open for some time without acknowledgement. */
export const WrittenEscalation = z.strictObject(
  {
    after: Duration,
    slack: List(RefinedText(escalationMistake), typeMessage('the name of a destination, or a list of names')),
    mention: optional(Mention),
  },
  typeMessage('a mapping, for example `{ after: 30m, slack: on-call }`'),
);
export type WrittenEscalation = z.infer<typeof WrittenEscalation>;

/** Rejects expressions, because the clock sends an escalation without a change to read. */
function escalationMistake(written: string) {
  if (!written.includes('{{')) return nameMistake(written);
  return {
    message: 'must be a name. Expressions are not supported, because the clock sends an escalation without a change',
  };
}
