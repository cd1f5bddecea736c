/**
 * Evaluate: truthiness, comparison and string conversion of values in GitHub's expressions. Pure.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#operators
 */
import {data} from '@actions/expressions';
import {toUpperSpecial} from '@actions/expressions/result';

type Container = data.Array | data.Dictionary;
type Single = string | number | boolean | null;

/**
 * A value of an expression. Single values are plain JavaScript values. Lists and mappings stay objects of GitHub's library,
 * which compares them by identity.
 */
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
  return left === right || (canStartEqual(left, right) && toUpper(left) === toUpper(right));
}

/**
 * Most different texts already differ in the first letter. Comparing it takes a tenth of the time of converting to upper
 * case.
 */
export function canStartEqual(left: string, right: string): boolean {
  const [first, second] = [left.charCodeAt(0), right.charCodeAt(0)];
  const areAscii = first < 0x80 && second < 0x80;
  return !areAscii || ((first ^ second) & ~CASE_BIT) === 0;
}

/** The bit that differs between upper and lower case letters in ASCII. */
const CASE_BIT = 0x20;

/** Positive if the left value is greater, negative if it is less, 0 if both are equal. NaN if they cannot be compared. */
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

/** The text for case-insensitive comparison. */
export function toUpper(text: string): string {
  return text.includes('ı') ? toUpperSpecial(text) : text.toUpperCase();
}

export function toText(value: Single): string {
  if (typeof value === 'number') return new data.NumberData(value).coerceString();
  return value === null ? '' : String(value);
}
