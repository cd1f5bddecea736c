/** Schemas: helpers to build JSON Schemas. */

export type JsonSchema = Record<string, unknown>;

/** A pattern for a text that the loader trims. */
export const trimmed = (pattern: string) => ({pattern: `^\\s*(?:${pattern})\\s*$`});
export const not = (schema: JsonSchema) => ({not: schema});
export const hasAll = (...required: string[]) => ({required});
/** If the first schema holds, the second must hold too. */
export const implies = (one: JsonSchema, other: JsonSchema) => ({anyOf: [not(one), other]});
export const hasAny = (...keys: string[]) => ({anyOf: keys.map(key => hasAll(key))});
