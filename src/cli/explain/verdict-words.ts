/** Explain: the parts of a verdict in words, the same in the terminal and in the playground. Pure. */
import {oneLine} from '../../base/text.ts';
import type {Condition} from '../../decide/describe.ts';
import {showSide} from '../../decide/show-side.ts';
import type {RecordedVerdict} from '../../report/decision-record.ts';

/** "matches", "does not match" or "could not be decided". */
export function verdictWords({matched, undecided}: RecordedVerdict): string {
  if (matched) return 'matches';
  return undecided ? 'could not be decided' : 'does not match';
}

/** The blueprint that the rule is for. */
export function watched({conditions}: RecordedVerdict): string {
  return oneLine(String(conditions.find(({condition}) => condition === 'blueprint')?.expected));
}

/** Whether the rule watches the change's blueprint at all. */
export function isAbout({conditions}: RecordedVerdict): boolean {
  return conditions.every(({condition, held}) => condition !== 'blueprint' || held);
}

/** The condition that decided: the first that does not hold. Otherwise it is the first that is not known. */
export function blockerOf(conditions: readonly Condition[]): Condition | undefined {
  return conditions.find(({held, unknown}) => !held && !unknown) ?? conditions.find(({held}) => !held);
}

/** What the condition asks for: "expected 80 or more". */
export function showExpected({condition, expected}: Condition): string {
  if (condition === 'property' || condition === 'if') return `expected ${oneLine(String(expected))}`;
  if (condition === 'above') return `expected to get to ${showSide(expected)} or more`;
  if (condition === 'below') return `expected to get to ${showSide(expected)} or less`;
  return `expected ${Array.isArray(expected) ? expected.map(showSide).join(' or ') : showSide(expected)}`;
}

/** What the change has. */
export function showActual({condition, actual}: Condition): string {
  if (condition !== 'if' || typeof actual !== 'object' || actual === null) return showSide(actual);
  const seen = Object.entries(actual).map(([path, value]) => `${path}: ${showSide(value)}`);
  return seen.length === 0 ? 'false, whatever the change' : oneLine(seen.join(', '));
}
