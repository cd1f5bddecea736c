/** Report: times of messages → time to notify by severity and by hop. Pure. */
import {hopsOf, MOMENTS, type Moment} from '../../act/hops.ts';
import {type PercentileSummary, Percentiles, summarize} from '../../backtest/percentiles.ts';
import type {RecordLine} from './record-line.ts';

type Times = NonNullable<RecordLine['reactions'][number]['times']>;

/** Milliseconds. */
export interface Measured extends PercentileSummary {
  readonly messages: number;
}

export interface HopReport extends Measured {
  readonly from: Moment;
  readonly to: Moment;
}

export interface NotifyReport {
  /** From the change to Slack's answer, by severity. */
  readonly timeToNotify: Readonly<Record<string, Measured>>;
  /** The hops, in chronological order. */
  readonly hops: readonly HopReport[];
}

export class NotifyTally {
  readonly #bySeverity = new Map<string, Percentiles>();
  readonly #byHop = new Map<string, Percentiles>();

  add(severity: string, times: Times): void {
    addTo(this.#bySeverity, severity, times.totalMs);
    for (const {from, to, ms} of hopsOf(times)) addTo(this.#byHop, `${from} ${to}`, ms);
  }

  finish(): NotifyReport {
    const bySeverity = [...this.#bySeverity].flatMap(([severity, percentiles]) =>
      measured(percentiles).map(one => [severity, one] as const),
    );
    const hops = MOMENTS.flatMap(from =>
      MOMENTS.flatMap(to => measured(this.#byHop.get(`${from} ${to}`)).map(one => ({from, to, ...one}))),
    );
    return {timeToNotify: Object.fromEntries(bySeverity), hops};
  }
}

function addTo(groups: Map<string, Percentiles>, key: string, ms: number): void {
  const percentiles = groups.get(key) ?? new Percentiles();
  percentiles.add(ms);
  groups.set(key, percentiles);
}

function measured(percentiles: Percentiles = new Percentiles()): Measured[] {
  const summary = summarize(percentiles);
  return summary === undefined ? [] : [{messages: percentiles.total, ...summary}];
}
