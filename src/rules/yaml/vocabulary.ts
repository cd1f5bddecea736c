/** The keys of a file format, for suggestions. */

export interface Vocabulary {
  /** The keys that are valid at a path of the file. */
  keysAt(path: readonly PropertyKey[]): string[];
  /** Whether the word is a key anywhere in the file. */
  isKey(word: string): boolean;
}

/** @param mappings the mappings of the file by path, with `*` for any index: `rules.*.notify` */
export function vocabularyOf(mappings: Readonly<Record<string, {readonly shape: object}>>): Vocabulary {
  return {
    isKey: word => Object.values(mappings).some(({shape}) => Object.hasOwn(shape, word)),
    keysAt(path) {
      const pattern = path.map(part => (typeof part === 'number' ? '*' : String(part))).join('.');
      return Object.keys(mappings[pattern]?.shape ?? {});
    },
  };
}
