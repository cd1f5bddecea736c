/** The next step for the user, and its commands. */
export interface NextStep {
  readonly text: string;
  readonly commands: readonly string[];
}
