/** Lint: safe access to written values that can contain mistakes. */
import {isObject, type JsonObject} from '../base/json.ts';
import {clip, oneLine} from '../base/text/show.ts';
import type {FoundProblem} from '../rules/problem.ts';

export type WrittenPath = readonly PropertyKey[];

/** A part of a file and its path. */
export interface WrittenPart<T> {
  readonly path: WrittenPath;
  readonly value: T;
}

/** The mapping under a key. An empty mapping for any other value. */
export function mappingIn(value: unknown, key: string): JsonObject {
  const inner = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

/** The mappings in a list under a key. */
export function mappingsIn(value: unknown, key: string): WrittenPart<JsonObject>[] {
  const list = isObject(value) && Array.isArray(value[key]) ? value[key] : [];
  return list.flatMap((item: unknown, index) => (isObject(item) ? [{path: [key, index], value: item}] : []));
}

/** Adds a path prefix to parts. */
export function under<T>(path: WrittenPath, parts: readonly WrittenPart<T>[]): WrittenPart<T>[] {
  return parts.map(part => ({...part, path: [...path, ...part.path]}));
}

/** One value, or the items of a list, with their paths. */
export function itemsAt(value: unknown, path: WrittenPath): WrittenPart<unknown>[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [{path, value}];
  return value.map((item: unknown, index) => ({path: [...path, index], value: item}));
}

/** The non-empty texts in one value or a list, trimmed as by the schema. */
export function textsAt(value: unknown, path: WrittenPath): WrittenPart<string>[] {
  return itemsAt(value, path).flatMap(item =>
    typeof item.value === 'string' && item.value.trim() !== '' ? [{path: item.path, value: item.value.trim()}] : [],
  );
}

/** All texts in a value, at any depth. */
export function* allTexts(value: unknown, path: WrittenPath = []): Generator<WrittenPart<string>> {
  if (typeof value === 'string') yield {path, value};
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* allTexts(item, [...path, index]);
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) yield* allTexts(item, [...path, key]);
}

/** The text of a string, number or boolean. Empty for other values, because converting `{toString: 1}` would throw. */
export function scalarText(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}

/**
 * A problem whose message quotes the value as written in the file, because YAML reads 3.10 as the number 3.1.
 * @param message builds the message from the value with and without quotes
 */
export function quotingProblem(
  {path, value}: WrittenPart<unknown>,
  message: (quoted: string, bare: string) => string,
): FoundProblem {
  if (typeof value === 'string') return {path, message: message(JSON.stringify(value), value)};
  const text = scalarText(value);
  const quoting = (written: string) => message(clip(oneLine(written), 60), clip(oneLine(written), 60));
  return {path, message: message(text, text), ...(typeof value === 'number' ? {quoting} : {})};
}

/** Whether the text contains an expression. */
export function isTemplated(text: string): boolean {
  return text.includes('{{');
}
