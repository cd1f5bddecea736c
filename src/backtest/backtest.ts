/** Backtest: a recording and one or two versions of the rules → what they would have done, as data. */
import type {Change} from '../change/change.ts';
import type {Rules} from '../rules/rules.ts';
import {type Compared, Comparison, type Side} from './comparison.ts';
import {type Cost, costOf} from './cost.ts';
import {type ProtectedIncident, type ProtectedResult, Protection} from './protected-incidents.ts';
import {type RandomAccess, type RecordingFacts, readInOrder} from './recording.ts';
import {Replay} from './replay.ts';
import {messagesOf} from './sent-message.ts';
import {type Tallied, Tally} from './tally.ts';

export interface BacktestOptions {
  readonly rules: Rules;
  /** The version to compare with. */
  readonly base?: Rules | undefined;
  /** Milliseconds since the epoch: changes before are left out. */
  readonly sinceMs?: number | undefined;
  /** Changes after are left out, and incidents are followed until then. Absent: until the last change. */
  readonly untilMs?: number | undefined;
  /** How often the clock runs, in milliseconds. Absent: never. */
  readonly clockMs?: number | undefined;
  /** The names of the Slack destinations that are configured. Absent if they are not known. */
  readonly known?: readonly string[] | undefined;
  /** Incidents that must be reported. */
  readonly protect?: readonly ProtectedIncident[] | undefined;
}

export interface Backtest {
  readonly recording: RecordingFacts;
  /** Within the times that were asked for. */
  readonly changes: number;
  /** Milliseconds since the epoch: the first change, and the end. Absent without changes. */
  readonly span?: {readonly fromMs: number; readonly toMs: number};
  readonly head: Tallied;
  readonly cost: Cost;
  readonly comparison?: Compared;
  /** In the order of the list. */
  readonly protection: readonly ProtectedResult[];
}

export function backtest(bytes: RandomAccess, options: BacktestOptions): Backtest {
  let story = new Story(options);
  const recording = readInOrder(bytes, () => {
    story = new Story(options);
    return change => story.take(change);
  });
  return {recording, ...story.finish()};
}

/** One pass over the changes. */
class Story {
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
    const compare = (side: Side) => (moment: Parameters<Tally['observe']>[0]) => {
      for (const message of messagesOf(moment)) this.#comparison?.see(side, message);
    };
    const [seeHead, seeBase] = [compare('head'), compare('base')];
    this.#head = new Replay(rules, {
      clockMs,
      known,
      observe: moment => {
        this.#tally.observe(moment);
        if (protect.length > 0) for (const message of messagesOf(moment)) this.#protection.seeMessage(message);
        seeHead(moment);
      },
    });
    this.#base = base && new Replay(base, {clockMs, known, observe: seeBase});
  }

  take(change: Change): void {
    const atMs = Date.parse(change.at);
    const {sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY} = this.#options;
    if (atMs < sinceMs || atMs > untilMs) return;
    this.#changes += 1;
    this.#protection.seeChange(change);
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
