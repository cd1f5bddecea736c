/** Something that the user does next, and the commands for it. */
export interface NextStep {
  readonly text: string;
  readonly commands: readonly string[];
}
