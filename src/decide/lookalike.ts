/** Evaluate: hints about values that look equal to an expected value but are not. Pure. */

import {showValue} from '../base/text/show.ts';
import type {Scalar} from '../rules/rules.ts';

/** A hint if `actual` differs from an expected value only in type, letter case or invisible characters. */
export function lookalikeHint(actual: unknown, wanted: readonly Scalar[]): string | undefined {
  if (typeof actual === 'string' && actual.length > 200) return undefined;
  return kindHint(actual, wanted) ?? (typeof actual === 'string' ? textHint(actual, wanted) : undefined);
}

/** The text "80" is not the number 80. YAML reads 3.10 as the number 3.1, so the text of a number can be lost. */
function kindHint(actual: unknown, wanted: readonly Scalar[]): string | undefined {
  if (typeof actual === 'string') {
    const meant = wanted.find(value => isUnquoted(value) && isSpellingOf(value, actual));
    if (meant === undefined) return undefined;
    const kind = typeof meant === 'number' ? `the number ${meant}` : meant;
    return `the event has the string "${showValue(actual)}", but the rule has ${kind}. Put quotes around it: "${showValue(actual)}"`;
  }
  if (!isUnquoted(actual)) return undefined;
  const meant = wanted.find(value => typeof value === 'string' && isSpellingOf(actual, value));
  if (meant === undefined) return undefined;
  return `the event has ${typeof actual === 'number' ? 'the number ' : ''}${actual}, but the rule has the string "${meant}". Remove the quotes`;
}

function isUnquoted(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function isSpellingOf(value: number | boolean, text: string): boolean {
  const word = text.trim();
  return typeof value === 'number' ? word !== '' && Number(word) === value : word.toLowerCase() === String(value);
}

function textHint(actual: string, wanted: readonly Scalar[]): string | undefined {
  const texts = wanted.filter(value => typeof value === 'string');
  const caseVariant = texts.find(text => text.toLowerCase() === actual.toLowerCase());
  if (caseVariant !== undefined) return `"${showValue(actual)}" and "${caseVariant}" differ only in letter case`;
  const lookalike = INVISIBLE.test(actual) ? texts.find(text => visible(text) === visible(actual)) : undefined;
  return lookalike && `"${showValue(actual)}" and "${lookalike}" differ only in spaces or invisible characters`;
}

/** White space and invisible characters, such as a zero-width space. */
const INVISIBLE = /[\s\p{Cf}]/u;

function visible(text: string): string {
  return text.split(INVISIBLE).join('').toLowerCase();
}
