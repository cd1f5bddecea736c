/** The options of the command `report`, as Commander gives them. */

export interface ReportOptions {
  readonly repo?: string;
  readonly since?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly color: boolean;
}
