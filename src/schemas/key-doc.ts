/** Schemas: what editors show for a key. Not on the action's path: the schemas are made when dist/ is built. */

/** Keywords of JSON Schema beside the words: what a written form checks by a function, and its schema can't say. */
export interface KeyDoc {
  readonly description: string;
  /** Values that could stand there. */
  readonly examples: readonly [unknown, ...unknown[]];
  readonly [keyword: string]: unknown;
}

/** By the path of the key, with `*` for any item: `rules.*.notify.mention`. */
export type KeyDocs = Readonly<Record<string, KeyDoc>>;

/** The same words for a mapping that stands in several places. @param path where: `routes.*.match` */
export function docsUnder(path: string, docs: KeyDocs): KeyDocs {
  return Object.fromEntries(Object.entries(docs).map(([key, doc]) => [`${path}.${key}`, doc]));
}

/** Durations as src/rules/values/duration.ts takes them. */
export const DURATION = {pattern: '^[1-9][0-9]{0,5}(s|m|h)$'} as const;
