/** JSON as GitHub's expressions see it, converted only when it is read. */
import {data} from '@actions/expressions';
import type {Values} from '../../change/change.ts';

export type ExpressionContext = data.Dictionary;
export type ExpressionData = data.ExpressionData;
type Pair = ReturnType<data.Dictionary['pairs']>[number];

/** JSON → the value of an expression. */
export function toData(value: unknown): ExpressionData {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  return Array.isArray(value) ? arrayOf(value) : new LazyDictionary(value as Values);
}

/** What an expression starts from: a name for each root, in lower case, and its value, made when it is read. */
export function toContext(roots: Readonly<Record<string, () => ExpressionData>>): ExpressionContext {
  return new Roots(new Map(Object.entries(roots)));
}

class Roots extends data.Dictionary {
  readonly #roots: ReadonlyMap<string, () => ExpressionData>;
  /** Each is made once: expressions compare arrays and objects by identity. */
  readonly #made = new Map<string, ExpressionData>();

  constructor(roots: ReadonlyMap<string, () => ExpressionData>) {
    super();
    this.#roots = roots;
  }

  override get(key: string): ExpressionData | undefined {
    const name = key.toLowerCase();
    const value = this.#made.get(name) ?? this.#roots.get(name)?.();
    if (value !== undefined) this.#made.set(name, value);
    return value;
  }
}

/** One by one: as arguments of the constructor, some hundred thousand items overflow the stack. */
function arrayOf(items: readonly unknown[]): data.Array {
  const array = new data.Array();
  for (const item of items) array.add(toData(item));
  return array;
}

/** The value of an expression → JSON. The library's own way loses a key named `__proto__`. */
export function fromData(value: ExpressionData): unknown {
  if (value instanceof LazyDictionary) return value.source;
  if (value instanceof data.Array) return value.values().map(fromData);
  if (value instanceof data.Dictionary) {
    return Object.fromEntries(value.pairs().map(pair => [pair.key, fromData(pair.value)]));
  }
  return value instanceof data.Null ? null : (value as data.StringData | data.NumberData | data.BooleanData).value;
}

/**
 * Names count in any letter case, and of two that differ in nothing else, the first wins. The library's own dictionary
 * looks them up in a plain object: a property named `constructor` would break it.
 */
class LazyDictionary extends data.Dictionary {
  readonly source: Values;
  #names: ReadonlyMap<string, string> | undefined;
  /** Each is converted once: expressions compare arrays and objects by identity. */
  readonly #converted = new Map<string, ExpressionData>();

  constructor(source: Values) {
    super();
    this.source = source;
  }

  override get(key: string): ExpressionData | undefined {
    this.#names ??= namesByLowerCase(this.source);
    const name = this.#names.get(key.toLowerCase());
    return name === undefined ? undefined : this.#convert(name);
  }

  override values(): ExpressionData[] {
    return this.pairs().map(({value}) => value);
  }

  override pairs(): Pair[] {
    this.#names ??= namesByLowerCase(this.source);
    return [...this.#names.values()].map(key => ({key, value: this.#convert(key)}));
  }

  #convert(name: string): ExpressionData {
    let converted = this.#converted.get(name);
    if (converted === undefined) {
      converted = toData(this.source[name]);
      this.#converted.set(name, converted);
    }
    return converted;
  }
}

function namesByLowerCase(values: Values): Map<string, string> {
  const names = new Map<string, string>();
  for (const name of Object.keys(values)) {
    const key = name.toLowerCase();
    if (!names.has(key)) names.set(key, name);
  }
  return names;
}
