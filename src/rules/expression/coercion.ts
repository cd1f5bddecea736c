/**
 * Evaluate: which values are true in GitHub's expressions, how they compare, and what their texts are. Pure.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#operators
 */
import {data} from '@actions/expressions';
import {toUpperSpecial} from '@actions/expressions/result';

type Container = data.Array | data.Dictionary;
type Single = string | number | boolean | null;

/** A value of an expression. Single values are plain. GitHub compares lists and mappings by identity, so they stay its objects. */
export type Value = Single | Container;

export function isContainer(value: Value): value is Container {
  return typeof value === 'object' && value !== null;
}

export function isTruthy(value: Value): boolean {
  return isContainer(value) || Boolean(value);
}

export function isEqual(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return isSameText(left, right);
  return left === right || compare(left, right) === 0;
}

function isSameText(left: string, right: string): boolean {
  return left === right || (mayStartAlike(left, right) && toUpper(left) === toUpper(right));
}

/** Texts that differ mostly do so in the first letter. To compare that takes a tenth of the time that capitals take. */
export function mayStartAlike(left: string, right: string): boolean {
  const [first, second] = [left.charCodeAt(0), right.charCodeAt(0)];
  const areAscii = first < 0x80 && second < 0x80;
  return !areAscii || ((first ^ second) & ~CASE_BIT) === 0;
}

/** The difference between a capital and a small letter in ASCII. */
const CASE_BIT = 0x20;

/** Above 0 if the left value is greater, below 0 if it is less, 0 if they are equal. NaN if they cannot be compared. */
export function compare(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') return order(toUpper(left), toUpper(right));
  if (isContainer(left) || isContainer(right)) return left === right ? 0 : Number.NaN;
  return order(Number(left), Number(right));
}

function order<T extends string | number>(left: T, right: T): number {
  if (left === right) return 0;
  if (left > right) return 1;
  return left < right ? -1 : Number.NaN;
}

/** Without letter case, which does not count. */
export function toUpper(text: string): string {
  return text.includes('ı') ? toUpperSpecial(text) : text.toUpperCase();
}

export function toText(value: Single): string {
  if (typeof value === 'number') return new data.NumberData(value).coerceString();
  return value === null ? '' : String(value);
}
