/**
 * Parse: numbers that JavaScript cannot represent. `JSON.parse` rounds integers beyond 2^53 and turns 1e400 into Infinity,
 * which serializes as null. Such a number is kept as a string of its digits and listed in `truncated`, so that no rule
 * silently uses a rounded value.
 */

import {isObject} from '../../base/json.ts';
import {type Change, PARTS, type SIDES, type Snapshot, type Values} from '../change.ts';

/** Precedes the digits until the change is parsed. No catalog text starts with it. */
const MARK = '\u0000inexact number ';

/**
 * A rounded number has at least 16 digits. A number that is too large has 16 digits or a three-digit exponent. The class is
 * repeated in the source because V8 then checks only one in 16 characters. With `{16}`, the search takes ten times as long.
 */
const MANY_DIGITS = new RegExp('[\\d.]'.repeat(16));
const LARGE_EXPONENT = /[eE][+-]?\d\d\d/;
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** Like `JSON.parse`. `isInexact` is true if {@link restoreNumbers} must be called. @throws {SyntaxError} */
export function parseKeepingNumbers(text: string): {readonly value: unknown; readonly isInexact: boolean} {
  if (!MANY_DIGITS.test(text) && !LARGE_EXPONENT.test(text)) return {value: JSON.parse(text), isInexact: false};
  const value: unknown = JSON.parse(text); // rejects invalid JSON before any replacement
  let isInexact = false;
  const marked = text.replace(TOKEN, token => {
    if (token.startsWith('"') || isExact(token)) return token;
    isInexact = true;
    return JSON.stringify(`${MARK}${token}`);
  });
  return isInexact ? {value: JSON.parse(marked), isInexact} : {value, isInexact};
}

/** Whether JavaScript serializes the number with the same value. For fractions, 15 significant digits are enough. */
function isExact(token: string): boolean {
  const number = Number(token);
  if (!Number.isFinite(number)) return false;
  const written = decimalOf(token);
  return written.exponent < 0 ? number !== 0 : isSameDecimal(written, decimalOf(String(number)));
}

/** Whether JavaScript reads a written decimal number exactly. Stricter than {@link isExact}: all digits of a fraction count. */
export function isReadAsWritten(token: string): boolean {
  const number = Number(token);
  return Number.isFinite(number) && isSameDecimal(decimalOf(token), decimalOf(String(number)));
}

/** A number as digits without leading and trailing zeros, times a power of ten. */
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
 * The change with its inexact numbers as strings of digits. The properties that contain them are listed in `truncated`.
 * Returns the same object if it contains no such number.
 */
export function restoreNumbers(change: Change): Change {
  const paths: string[] = [];
  const {before, after, ...rest} = change;
  const texts = restore(rest) as typeof rest;
  const sides = {before: restoreSide(before, 'before', paths), after: restoreSide(after, 'after', paths)};
  if (paths.length === 0) return texts === rest ? change : {...texts, before, after};
  return {...texts, ...sides, truncated: [...(change.truncated ?? []), ...paths]};
}

/**
 * The entity with inexact numbers as strings, and the paths of their properties as in the `truncated` list of a change whose
 * `after` is the entity.
 */
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

/** Returns the same value if it has no inexact number. Its depth must be at most MAX_DEPTH. */
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
