/** Type guards, comparison, canonical form and depth limits for JSON values from outside, as `JSON.parse` returns them. */

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

/**
 * Whether two values are the same JSON, regardless of the order of keys. `-0` equals `0`, because JSON serializes it as `0`.
 */
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
 * JSON with the keys of every object in alphabetical order: equal values give equal text. A replacer of `JSON.stringify`
 * takes twice the time, and every change without a run is hashed.
 * @param value as `JSON.parse` returns it. The function is recursive, so its depth must be about {@link MAX_DEPTH} or less
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

/** Text without characters that JSON escapes: quotes, backslashes, control characters and lone surrogates. */
const PLAIN = /^[^"\\\u0000-\u001f\ud800-\udfff]{0,100}$/;

/** Most names and values are short and plain. These are quoted without a native call. */
function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/**
 * How deeply the value of a property can be nested. `JSON.parse` accepts half a million levels in a small body, but recursive
 * code overflows the stack on them: `JSON.stringify`, comparisons, expressions. Values in real catalogs have a few levels.
 */
export const MAX_DEPTH = 100;

/** Whether the value has more than `levels` levels of arrays and objects. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.keys(value).some(key => isDeeperThan(levels - 1, (value as JsonObject)[key]));
}

/**
 * The value with each lone surrogate in texts and keys replaced by U+FFFD. JSON can contain one (`"\ud800"`), but many
 * consumers cannot read it: jq, databases, Slack.
 * @param value its depth must be about {@link MAX_DEPTH} or less
 */
export function wellFormed<T>(value: T): T {
  return hasLoneSurrogate(value) ? (repaired(value) as T) : value;
}

/** Iterates keys instead of entries, which take four times as long in large objects. Every webhook is checked completely. */
function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasLoneSurrogate);
  for (const key of Object.keys(value)) {
    if (!key.isWellFormed() || hasLoneSurrogate((value as JsonObject)[key])) return true;
  }
  return false;
}

function repaired(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(repaired);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), repaired(item)]));
}
