/** Parse: a mistake with its position in a text. */

/** `offset` counts characters from the start of the file. */
export interface OffsetProblem {
  readonly offset: number;
  readonly message: string;
}
