/** Evaluate: a hint if the author of a rule cannot see why a text is not the one that was wanted. Pure. */
import type {Scalar} from '../rules/rules.ts';
import {showValue} from '../text.ts';

/** What the author may have meant, if `actual` differs from a wanted text only in letter case or invisible characters. */
export function lookalikeHint(actual: unknown, wanted: readonly Scalar[]): string | undefined {
  if (typeof actual !== 'string' || actual.length > 200) return undefined;
  const texts = wanted.filter(value => typeof value === 'string');
  const sameLetters = texts.find(text => text.toLowerCase() === actual.toLowerCase());
  if (sameLetters !== undefined) return `"${showValue(actual)}" and "${sameLetters}" differ only in letter case`;
  const sameLook = INVISIBLE.test(actual) ? texts.find(text => visible(text) === visible(actual)) : undefined;
  return sameLook && `"${showValue(actual)}" and "${sameLook}" differ only in spaces, or in invisible characters`;
}

/** White space, and characters without a shape, like a zero-width space. */
const INVISIBLE = /[\s\p{Cf}]/u;

function visible(text: string): string {
  return text.split(INVISIBLE).join('').toLowerCase();
}
