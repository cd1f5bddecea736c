/** Act, beside the path of a webhook: closes the Port runs of changes that no rule reacts to, with the reason. */
import type {Now, Sleep} from '../../src/base/deps.ts';
import {messageOf, RequestError} from '../../src/base/errors.ts';
import {clip, oneLine} from '../../src/base/text.ts';
import type {Change} from '../../src/change/change.ts';
import type {RelayLog} from '../observe/log.ts';
import type {PortRuns} from './port-runs.ts';

export interface RunCloser {
  /** Closes the change's run in the background, if Port keeps one for it. Never throws, never waits. */
  ignored(change: Change, reason: string): void;
  /** Resolves when no run is left to close, and after `maxMs` in any case. */
  idle(maxMs: number): Promise<void>;
  readonly counts: Readonly<RunCounts>;
}

/** Runs since the start. */
interface RunCounts {
  closed: number;
  /** Port could not be reached, or refused. The runs stay open. */
  failed: number;
  /** Not tried: too many were waiting, or Port had just refused. The runs stay open. */
  dropped: number;
}

export interface RunCloserDeps {
  readonly now: Now;
  readonly sleep: Sleep;
  readonly log: RelayLog;
}

const MAX_AT_ONCE = 4;
const MAX_WAITING = 1_000;

/** How long nothing is tried after Port refused the credentials, or limited: the action needs the same limit. */
const PAUSE_MS = 60_000;

/** One warning in this time. */
const WARN_EVERY_MS = 60_000;

const STAY_OPEN = 'runs of ignored changes stay open in Port';
const JUST_REFUSED = 'Port has just refused others';

/** If no run is to be closed. */
export const NO_RUNS: RunCloser = {ignored() {}, idle: async () => {}, counts: {closed: 0, failed: 0, dropped: 0}};

export function createRunCloser(port: PortRuns, deps: RunCloserDeps): RunCloser {
  return new BoundedRunCloser(port, deps);
}

interface WaitingRun {
  readonly runId: string;
  readonly summary: string;
}

class BoundedRunCloser implements RunCloser {
  readonly counts: RunCounts = {closed: 0, failed: 0, dropped: 0};
  readonly #port: PortRuns;
  readonly #deps: RunCloserDeps;
  readonly #waiting: WaitingRun[] = [];
  /** Each has one run in hand, and takes the next from {@link #waiting}. */
  readonly #workers = new Set<Promise<void>>();
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #warnedAtMs = Number.NEGATIVE_INFINITY;
  #warned = 0;

  constructor(port: PortRuns, deps: RunCloserDeps) {
    this.#port = port;
    this.#deps = deps;
  }

  ignored({source, runId}: Change, reason: string): void {
    // Port's workflows close their own nodes, and other sources have no runs.
    if (source !== 'automation' || runId === undefined) return;
    const isPaused = this.#deps.now() < this.#pausedUntilMs;
    if (isPaused || this.#waiting.length >= MAX_WAITING) {
      this.#leaveOpen('dropped', 1, isPaused ? JUST_REFUSED : `${MAX_WAITING} others are waiting`);
      return;
    }
    this.#waiting.push({runId, summary: `Port Reactor: no rule reacts: ${clip(oneLine(reason), 500)}`});
    if (this.#workers.size === MAX_AT_ONCE) return;
    const worker = this.#work().finally(() => this.#workers.delete(worker));
    this.#workers.add(worker);
  }

  async idle(maxMs: number): Promise<void> {
    await Promise.race([Promise.all(this.#workers), this.#deps.sleep(maxMs)]);
    const runs = this.#waiting.length + this.#workers.size;
    if (runs > 0) this.#deps.log.warn({reason: 'the relay is closing', runs}, STAY_OPEN);
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    for (let run = this.#waiting.shift(); run !== undefined; run = this.#waiting.shift()) await this.#close(run);
  }

  async #close({runId, summary}: WaitingRun): Promise<void> {
    try {
      await this.#port.closeRun(runId, {status: 'SUCCESS', summary});
      this.counts.closed++;
    } catch (error) {
      this.#leaveOpen('failed', 1, messageOf(error));
      if (!(error instanceof RequestError) || ![401, 429].includes(error.status)) return;
      // The runs that are waiting would get the same answer.
      this.#pausedUntilMs = this.#deps.now() + Math.max(PAUSE_MS, error.retryAfterMs ?? 0);
      this.#leaveOpen('dropped', this.#waiting.splice(0).length, JUST_REFUSED);
    }
  }

  #leaveOpen(kind: 'failed' | 'dropped', runs: number, reason: string): void {
    this.counts[kind] += runs;
    const open = this.counts.failed + this.counts.dropped;
    if (runs === 0 || this.#deps.now() - this.#warnedAtMs < WARN_EVERY_MS) return;
    this.#deps.log.warn({reason, runs: open - this.#warned}, STAY_OPEN);
    [this.#warned, this.#warnedAtMs] = [open, this.#deps.now()];
  }
}
