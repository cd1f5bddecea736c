/** A mistake in a file and its position. Shared by all checks of rules, rule tests and workflows. */

/** A mistake and its position. `atKey` points at the last key of the path instead of its value. */
export interface FoundProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Builds the message from the scalar at the path as written, if the message quotes it. YAML reads 3.10 as 3.1. */
  readonly quoting?: ((written: string) => string) | undefined;
  /** The path that the message starts with, if it differs from `path`. */
  readonly shown?: readonly PropertyKey[];
  readonly atKey?: boolean;
  /** The column within a plain text, counted from 0. */
  readonly column?: number;
  /** The part of a line to point at. */
  readonly part?: string;
  /** The missing script of the rule's remediation. The rest of the rule works. */
  readonly missingScript?: string;
}
