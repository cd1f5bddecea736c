/** JSON values from outside, as `JSON.parse` returns them: distinguished, compared, put in one form, and bounded in depth. */

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a JSON text. Undefined if the text is not JSON. @param parse throws a `SyntaxError` if it is not */
export function parseOrUndefined(text: string, parse: (text: string) => unknown = JSON.parse): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

export function isPositiveInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** Whether two values are the same JSON, in whatever order their keys come. `-0` is `0`, which it becomes once written. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSameJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && isSameJson(a[key], b[key]))
  );
}

/**
 * JSON with the keys of every object in alphabetical order: the same text for the same value, whoever serialised it. Written
 * here, and not with a replacer of `JSON.stringify`, which takes twice the time: every change that came without a run is hashed.
 * @param value as `JSON.parse` returns it. Recursive, so no deeper than {@link MAX_DEPTH} or so
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const key of Object.keys(value).sort()) {
    const item = (value as JsonObject)[key];
    if (item !== undefined) members += `${members === '' ? '' : ','}${quote(key)}:${canonicalJson(item)}`;
  }
  return `{${members}}`;
}

/** Nothing in it that JSON escapes: neither quotes, backslashes, control characters nor halves of surrogate pairs. */
const PLAIN = /^[^"\\\u0000-\u001f\ud800-\udfff]{0,100}$/;

/** Most names and values are short and plain: these are quoted without a call out of JavaScript. */
function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/**
 * How deeply a property's value may be nested. `JSON.parse` takes half a million levels in a small body, on which all that
 * recurses runs out of stack: `JSON.stringify`, comparisons, expressions. What people model in a catalog has a few.
 */
export const MAX_DEPTH = 100;

/** Whether there are more than `levels` levels of arrays and objects in the value. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.keys(value).some(key => isDeeperThan(levels - 1, (value as JsonObject)[key]));
}

/**
 * The value with U+FFFD in place of each half of a surrogate pair, in texts and keys. JSON can hold one (`"\ud800"`), and many
 * readers of JSON cannot: jq, databases, Slack.
 * @param value no deeper than {@link MAX_DEPTH} or so
 */
export function wellFormed<T>(value: T): T {
  return holdsHalf(value) ? (repaired(value) as T) : value;
}

/** By keys and not by entries, which take four times as long in large objects: all of every webhook passes here. */
function holdsHalf(value: unknown): boolean {
  if (typeof value === 'string') return !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsHalf);
  for (const key of Object.keys(value)) {
    if (!key.isWellFormed() || holdsHalf((value as JsonObject)[key])) return true;
  }
  return false;
}

function repaired(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(repaired);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), repaired(item)]));
}
