/** Schemas: the documentation of a key in editors. Used only when dist/ is built. */

/** The documentation of a key, with JSON Schema keywords for checks that the written form does in a function. */
export interface KeyDoc {
  readonly description: string;
  /** Valid example values. */
  readonly examples: readonly [unknown, ...unknown[]];
  readonly [keyword: string]: unknown;
}

/** Documentation by the path of the key, with `*` for any item: `rules.*.notify.mention`. */
export type KeyDocs = Readonly<Record<string, KeyDoc>>;

/** The documentation of a mapping that is used in several places. @param path the path of the mapping: `routes.*.match` */
export function docsUnder(path: string, docs: KeyDocs): KeyDocs {
  return Object.fromEntries(Object.entries(docs).map(([key, doc]) => [`${path}.${key}`, doc]));
}

/** The pattern of durations, as in src/rules/values/duration.ts. */
export const DURATION = {pattern: '^[1-9][0-9]{0,5}(s|m|h)$'} as const;
