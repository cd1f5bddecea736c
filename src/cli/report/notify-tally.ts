/** Report: times of messages → time to notify by severity and by hop. Pure. */
import {hopsOf, MOMENTS, type Moment} from '../../act/hops.ts';
import {Spread, type SpreadSummary, summarize} from '../../backtest/spread.ts';
import type {RecordLine} from './record-line.ts';

type Times = NonNullable<RecordLine['reactions'][number]['times']>;

/** Milliseconds. */
export interface Measured extends SpreadSummary {
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
  readonly #bySeverity = new Map<string, Spread>();
  readonly #byHop = new Map<string, Spread>();

  add(severity: string, times: Times): void {
    addTo(this.#bySeverity, severity, times.totalMs);
    for (const {from, to, ms} of hopsOf(times)) addTo(this.#byHop, `${from} ${to}`, ms);
  }

  finish(): NotifyReport {
    const bySeverity = [...this.#bySeverity].flatMap(([severity, spread]) =>
      measured(spread).map(one => [severity, one] as const),
    );
    const hops = MOMENTS.flatMap(from =>
      MOMENTS.flatMap(to => measured(this.#byHop.get(`${from} ${to}`)).map(one => ({from, to, ...one}))),
    );
    return {timeToNotify: Object.fromEntries(bySeverity), hops};
  }
}

function addTo(spreads: Map<string, Spread>, key: string, ms: number): void {
  const spread = spreads.get(key) ?? new Spread();
  spread.add(ms);
  spreads.set(key, spread);
}

function measured(spread: Spread = new Spread()): Measured[] {
  const summary = summarize(spread);
  return summary === undefined ? [] : [{messages: spread.total, ...summary}];
}
