/** Schemas: adds keywords to some keys of a schema. */
import {isObject} from '../base/json.ts';
import type {JsonSchema} from './json-schema.ts';

/** Keywords by the path of the key, with `*` for any item of a list. */
export interface Strictness {
  /** For each text under the key, alone or in a list. */
  readonly texts: Readonly<Record<string, JsonSchema>>;
  /** For the whole value, if its keys depend on each other. */
  readonly values: Readonly<Record<string, JsonSchema>>;
}

/** Adds the keywords of each path to the schema. */
export function tighten(schema: JsonSchema, path: string, strictness: Strictness): JsonSchema {
  const text = strictness.texts[path];
  const value = strictness.values[path];
  const inner = tightenInside(schema, path, strictness);
  const own = text === undefined ? inner : tightenTexts(inner, text);
  return value === undefined ? own : merged(own, value);
}

/** Alternatives share the path of the key. */
function tightenInside(schema: JsonSchema, path: string, strictness: Strictness): JsonSchema {
  const under = (key: string) => (path === '' ? key : `${path}.${key}`);
  const child = (value: unknown, at: string) => (isObject(value) ? tighten(value, at, strictness) : value);
  const {properties, items, additionalProperties, anyOf} = schema;
  return {
    ...schema,
    ...(schema['type'] === 'string' && schema['minLength'] === 1 ? {pattern: '\\S'} : {}),
    ...(isObject(properties) ? {properties: mapValues(properties, (value, key) => child(value, under(key)))} : {}),
    ...(isObject(items) ? {items: child(items, under('*'))} : {}),
    ...(isObject(additionalProperties) ? {additionalProperties: child(additionalProperties, under('*'))} : {}),
    ...(Array.isArray(anyOf)
      ? {anyOf: anyOf.map(one => (isObject(one) ? tightenInside(one, path, strictness) : one))}
      : {}),
  };
}

function mapValues(values: JsonSchema, map: (value: unknown, key: string) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value, key)]));
}

function tightenTexts(schema: JsonSchema, text: JsonSchema): JsonSchema {
  const {anyOf, items} = schema;
  return {
    ...schema,
    ...(schema['type'] === 'string' ? text : {}),
    ...(Array.isArray(anyOf) ? {anyOf: anyOf.map(one => (isObject(one) ? tightenTexts(one, text) : one))} : {}),
    ...(isObject(items) ? {items: tightenTexts(items, text)} : {}),
  };
}

/** Merges two schemas. If both have different values for a keyword, both must hold. */
function merged(schema: JsonSchema, more: JsonSchema): JsonSchema {
  const clash = Object.keys(more).filter(key => Object.hasOwn(schema, key) && key !== 'type' && key !== 'maximum');
  if (clash.length === 0) return {...schema, ...more};
  return {...schema, allOf: [...((schema['allOf'] as unknown[] | undefined) ?? []), more]};
}
