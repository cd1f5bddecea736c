/** Rules: a mistake in a file, and where it is. Shared by all checks of rules, rule tests and workflows. */

/** A mistake and where it is. `atKey` points at the last key of the path instead of its value. */
export interface FoundProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The message, given the scalar at the path as it is written, if it quotes that: YAML reads 3.10 as 3.1. */
  readonly quoting?: ((written: string) => string) | undefined;
  /** The path that the message starts with, if it is another. */
  readonly shown?: readonly PropertyKey[];
  readonly atKey?: boolean;
  /** Columns after the start of a plain text. */
  readonly column?: number;
  /** The part of the text, on one of its lines, to point at. */
  readonly part?: string;
  /** The file of the rule's remediation is missing: the rest of the rule works. */
  readonly missingScript?: string;
}
