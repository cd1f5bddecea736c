/**
 * Parse: numbers that JavaScript cannot hold. `JSON.parse` rounds integers beyond 2^53, and makes 1e400 infinite, which is
 * written as null. Such a number is kept as its digits, in a text, and named in `truncated`: no rule decides by it silently.
 */

import {isObject} from '../../base/json.ts';
import {type Change, PARTS, type SIDES, type Snapshot, type Values} from '../change.ts';

/** Stands before the digits until the change is known. No text of a catalog starts with it. */
const MARK = '\u0000inexact number ';

/**
 * A number that is rounded has 16 digits, and one that is too large has them too, or an exponent of three. Each character is
 * written out, as V8 then looks at one in 16 only: with `{16}`, it takes ten times as long.
 */
const MANY_DIGITS = new RegExp('[\\d.]'.repeat(16));
const LARGE_EXPONENT = /[eE][+-]?\d\d\d/;
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** As `JSON.parse`, with `isInexact` if {@link restoreNumbers} must be called. @throws {SyntaxError} */
export function parseKeepingNumbers(text: string): {readonly value: unknown; readonly isInexact: boolean} {
  if (!MANY_DIGITS.test(text) && !LARGE_EXPONENT.test(text)) return {value: JSON.parse(text), isInexact: false};
  const value: unknown = JSON.parse(text); // what is not JSON is refused before anything is replaced
  let isInexact = false;
  const marked = text.replace(TOKEN, token => {
    if (token.startsWith('"') || isExact(token)) return token;
    isInexact = true;
    return JSON.stringify(`${MARK}${token}`);
  });
  return isInexact ? {value: JSON.parse(marked), isInexact} : {value, isInexact};
}

/** Whether a number is written again as the value that it was. Of fractions, the digits that all readers keep are enough. */
function isExact(token: string): boolean {
  const number = Number(token);
  if (!Number.isFinite(number)) return false;
  const written = decimalOf(token);
  return written.exponent < 0 ? number !== 0 : isSameDecimal(written, decimalOf(String(number)));
}

/**
 * Whether a decimal number that a person wrote is the number that JavaScript reads. Stricter than {@link isExact}: all digits of a
 * fraction count.
 */
export function isReadAsWritten(token: string): boolean {
  const number = Number(token);
  return Number.isFinite(number) && isSameDecimal(decimalOf(token), decimalOf(String(number)));
}

/** A number as digits without zeros around them, times a power of ten. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

function decimalOf(token: string): Decimal {
  const [mantissa = '', exponent = '0'] = token.toLowerCase().replace(/^[+-]/, '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return {digits: '', exponent: 0};
  return {digits: significant, exponent: Number(exponent) - fraction.length + digits.length - significant.length};
}

function isSameDecimal(a: Decimal, b: Decimal): boolean {
  return a.digits === b.digits && a.exponent === b.exponent;
}

/**
 * The change with the digits of its inexact numbers as texts, and the properties that hold them named in `truncated`. The change
 * itself if it has none.
 */
export function restoreNumbers(change: Change): Change {
  const paths: string[] = [];
  const {before, after, ...rest} = change;
  const texts = restore(rest) as typeof rest;
  const sides = {before: restoreSide(before, 'before', paths), after: restoreSide(after, 'after', paths)};
  if (paths.length === 0) return texts === rest ? change : {...texts, before, after};
  return {...texts, ...sides, truncated: [...(change.truncated ?? []), ...paths]};
}

/** The entity with such numbers as texts, and their properties as in `truncated` of a change whose `after` it is. */
export function restoreEntity(entity: Snapshot): {readonly entity: Snapshot; readonly truncated: readonly string[]} {
  const truncated: string[] = [];
  const {properties, relations, ...rest} = entity;
  const texts = restore(rest) as typeof rest;
  const values = restoreSide({...texts, properties, relations}, 'after', truncated);
  return {entity: values ?? entity, truncated};
}

function restoreSide(snapshot: Snapshot | null, side: (typeof SIDES)[number], paths: string[]): Snapshot | null {
  if (snapshot === null) return null;
  const parts = PARTS.map(part => [part, restoreValues(snapshot[part], `${side}.${part}`, paths)]);
  return {...snapshot, ...Object.fromEntries(parts)};
}

function restoreValues(values: Values, path: string, paths: string[]): Values {
  const entries = Object.entries(values).map(([name, value]) => {
    const restored = restore(value);
    if (restored !== value) paths.push(`${path}.${name}`);
    return [name, restored] as const;
  });
  return Object.fromEntries(entries);
}

/** The value itself if it has no such number. Nested no deeper than MAX_DEPTH. */
function restore(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(MARK) ? value.slice(MARK.length) : value;
  if (Array.isArray(value)) {
    const items = value.map(restore);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, restore(item)] as const);
  return entries.every(([key, item]) => item === value[key]) ? value : Object.fromEntries(entries);
}
