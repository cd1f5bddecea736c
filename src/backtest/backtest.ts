/** Backtest: a recording and one or two versions of the rules → what the rules would have done, as data. */
import type {Change} from '../change/change.ts';
import type {Rules} from '../rules/rules.ts';
import {Comparison, type ComparisonResult, type Side} from './comparison.ts';
import {type Cost, costOf} from './cost.ts';
import {type ProtectedIncident, type ProtectedResult, Protection} from './protected-incidents.ts';
import {type RandomAccess, type RecordingFacts, readInOrder} from './recording.ts';
import {Replay} from './replay.ts';
import {messagesOf} from './sent-message.ts';
import {Tally, type TallyResult} from './tally.ts';

export interface BacktestOptions {
  readonly rules: Rules;
  /** The version to compare with. */
  readonly base?: Rules | undefined;
  /** Milliseconds since the epoch. Earlier changes are skipped. */
  readonly sinceMs?: number | undefined;
  /** The end of the backtest. Later changes are skipped. Default: the last change. */
  readonly untilMs?: number | undefined;
  /** The interval between runs of the clock, in milliseconds. Undefined if the clock never runs. */
  readonly clockMs?: number | undefined;
  /** The names of the configured Slack destinations. Undefined if they are not known. */
  readonly known?: readonly string[] | undefined;
  /** Incidents that must be reported. */
  readonly protect?: readonly ProtectedIncident[] | undefined;
}

export interface Backtest {
  readonly recording: RecordingFacts;
  /** The number of changes in the requested time range. */
  readonly changes: number;
  /** From the first change to the end of the backtest, in milliseconds since the epoch. Absent without changes. */
  readonly span?: {readonly fromMs: number; readonly toMs: number};
  readonly head: TallyResult;
  readonly cost: Cost;
  readonly comparison?: ComparisonResult;
  /** In the order of the list. */
  readonly protection: readonly ProtectedResult[];
}

export function backtest(bytes: RandomAccess, options: BacktestOptions): Backtest {
  let pass = new BacktestPass(options);
  const recording = readInOrder(bytes, () => {
    pass = new BacktestPass(options);
    return change => pass.take(change);
  });
  return {recording, ...pass.finish()};
}

/** One pass over the changes. */
class BacktestPass {
  readonly #options: BacktestOptions;
  readonly #tally: Tally;
  readonly #head: Replay;
  readonly #base: Replay | undefined;
  readonly #comparison: Comparison | undefined;
  readonly #protection: Protection;
  #changes = 0;
  #runs = 0;
  #fromMs: number | undefined;
  #toMs = Number.NEGATIVE_INFINITY;

  constructor(options: BacktestOptions) {
    const {rules, base, clockMs, known, protect = []} = options;
    this.#options = options;
    this.#tally = new Tally(rules);
    this.#comparison = base && new Comparison();
    this.#protection = new Protection(protect);
    const compare = (side: Side) => (run: Parameters<Tally['observe']>[0]) => {
      for (const message of messagesOf(run)) this.#comparison?.add(side, message);
    };
    const [compareHead, compareBase] = [compare('head'), compare('base')];
    this.#head = new Replay(rules, {
      clockMs,
      known,
      observe: run => {
        this.#tally.observe(run);
        if (protect.length > 0) for (const message of messagesOf(run)) this.#protection.addMessage(message);
        compareHead(run);
      },
    });
    this.#base = base && new Replay(base, {clockMs, known, observe: compareBase});
  }

  take(change: Change): void {
    const atMs = Date.parse(change.at);
    const {sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY} = this.#options;
    if (atMs < sinceMs || atMs > untilMs) return;
    this.#changes += 1;
    this.#protection.addChange(change);
    this.#fromMs ??= atMs;
    this.#toMs = atMs;
    this.#base?.take(change);
    if (this.#head.take(change)) this.#runs += 1;
  }

  finish(): Omit<Backtest, 'recording'> {
    const {rules, untilMs, clockMs} = this.#options;
    const toMs = untilMs ?? this.#toMs;
    const fromMs = this.#fromMs;
    if (fromMs !== undefined) {
      this.#base?.finish(toMs);
      this.#head.finish(toMs);
    }
    const head = this.#tally.finish();
    const durationMs = fromMs === undefined ? 0 : toMs - fromMs;
    return {
      changes: this.#changes,
      ...(fromMs === undefined ? {} : {span: {fromMs, toMs}}),
      head,
      cost: costOf(rules, {runs: this.#runs, handOvers: head.handOvers, durationMs, clockMs}),
      ...(this.#comparison === undefined ? {} : {comparison: this.#comparison.finish()}),
      protection: this.#protection.finish(),
    };
  }
}
