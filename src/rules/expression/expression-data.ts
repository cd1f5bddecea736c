/** JSON as values of GitHub's expressions, converted lazily. */
import {data} from '@actions/expressions';
import type {Values} from '../../change/change.ts';
import type {Value} from './coercion.ts';

export type ExpressionData = data.ExpressionData;
type Pair = ReturnType<data.Dictionary['pairs']>[number];

/** JSON → the value of an expression. */
export function toValue(json: unknown): Value {
  if (typeof json !== 'object' || json === null) return (json ?? null) as Value;
  return Array.isArray(json) ? arrayOf(json) : new LazyDictionary(json as Values);
}

/** Adds items one by one, because passing hundreds of thousands of arguments to the constructor overflows the stack. */
function arrayOf(items: readonly unknown[]): data.Array {
  const array = new data.Array();
  for (const item of items) array.add(toData(item));
  return array;
}

/** The value of an expression → JSON. The conversion of the library loses a key named `__proto__`. */
export function toJson(value: Value): unknown {
  if (value instanceof LazyDictionary) return value.source;
  if (value instanceof data.Array) return value.values().map(fromData);
  if (value instanceof data.Dictionary) {
    return Object.fromEntries(value.pairs().map(pair => [pair.key, fromData(pair.value)]));
  }
  return value;
}

/** JSON → a value of GitHub's library. */
export function toData(json: unknown): ExpressionData {
  return wrap(toValue(json));
}

/** A value of GitHub's library → JSON. */
export function fromData(value: ExpressionData): unknown {
  return toJson(unwrap(value));
}

function wrap(value: Value): ExpressionData {
  if (value === null) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  return typeof value === 'boolean' ? new data.BooleanData(value) : value;
}

/** Returns null for undefined. */
export function unwrap(value: ExpressionData | undefined): Value {
  if (value === undefined || value instanceof data.Null) return null;
  return 'value' in value ? value.value : (value as Exclude<Value, string | number | boolean | null>);
}

/** The context of an expression: its root names. */
export class ExpressionContext extends data.Dictionary {
  readonly #roots: Readonly<Record<string, () => Value>>;
  /** Each value is created once, because expressions compare lists and mappings by identity. */
  readonly #created = new Map<string, Value>();

  /** @param roots functions by name in lower case, called on first use */
  constructor(roots: Readonly<Record<string, () => Value>>) {
    super();
    this.#roots = roots;
  }

  /** @param name in lower case */
  read(name: string): Value {
    let value = this.#created.get(name);
    if (value === undefined) {
      value = this.#roots[name]?.() ?? null;
      this.#created.set(name, value);
    }
    return value;
  }

  override get(key: string): ExpressionData {
    return wrap(this.read(key.toLowerCase()));
  }
}

/**
 * A mapping with case-insensitive names. If two names differ only in letter case, the first is used. The library's own dictionary
 * uses a plain object, in which a property named `constructor` does not work.
 */
export class LazyDictionary extends data.Dictionary {
  readonly source: Values;
  #names: ReadonlyMap<string, string> | undefined;
  /** Each value is converted once, because expressions compare lists and mappings by identity. */
  readonly #values = new Map<string, Value>();

  constructor(source: Values) {
    super();
    this.source = source;
  }

  /** Returns null if the name is absent. @param name in lower case */
  read(name: string): Value {
    let value = this.#values.get(name);
    if (value === undefined) {
      const key = this.#namesByLowerCase().get(name);
      value = key === undefined ? null : toValue(this.source[key]);
      this.#values.set(name, value);
    }
    return value;
  }

  override get(key: string): ExpressionData | undefined {
    const name = key.toLowerCase();
    return this.#namesByLowerCase().has(name) ? wrap(this.read(name)) : undefined;
  }

  override values(): ExpressionData[] {
    return this.pairs().map(({value}) => value);
  }

  override pairs(): Pair[] {
    return [...this.#namesByLowerCase()].map(([name, key]) => ({key, value: wrap(this.read(name))}));
  }

  #namesByLowerCase(): ReadonlyMap<string, string> {
    this.#names ??= namesByLowerCase(this.source);
    return this.#names;
  }
}

/** The keys and the result of the last call. Both sides of a change, and most changes of a blueprint, have the same keys. */
let last: {readonly keys: readonly string[]; readonly names: ReadonlyMap<string, string>} = {
  keys: [],
  names: new Map(),
};

function namesByLowerCase(values: Values): ReadonlyMap<string, string> {
  const keys = Object.keys(values);
  const isSame = keys.length === last.keys.length && keys.every((key, index) => key === last.keys[index]);
  if (!isSame) last = {keys, names: firstByLowerCase(keys)};
  return last.names;
}

function firstByLowerCase(keys: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const key of keys) {
    const name = key.toLowerCase();
    if (!names.has(name)) names.set(name, key);
  }
  return names;
}
