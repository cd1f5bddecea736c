/** The options of the command `backtest`, as Commander gives them. */

export interface BacktestCommandOptions {
  readonly rules: string;
  readonly base?: string;
  /** The same as the argument: a recording. */
  readonly from?: string;
  readonly since?: string;
  readonly until?: string;
  readonly clock: string;
  readonly cache?: string;
  readonly protected?: string;
  readonly destinations?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly color: boolean;
}
