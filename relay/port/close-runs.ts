/** Act, in the background: closes the Port runs of changes that no rule reacts to, with the reason. */
import type {Now, Sleep} from '../../src/base/deps.ts';
import {messageOf, RequestError} from '../../src/base/errors.ts';
import {clip, oneLine} from '../../src/base/text/show.ts';
import type {Change} from '../../src/change/change.ts';
import type {RelayLog} from '../observe/log.ts';
import type {PortRuns} from './port-runs.ts';

/** The number of runs since the start, by result. */
interface RunCounts {
  closed: number;
  /** Port could not be reached, or refused. The runs stay open. */
  failed: number;
  /** Not attempted, because too many were waiting or Port had just refused others. The runs stay open. */
  dropped: number;
}

export interface RunCloserDeps {
  readonly now: Now;
  readonly sleep: Sleep;
  readonly log: RelayLog;
}

const MAX_AT_ONCE = 4;
const MAX_OPEN = 1_000;

/** The pause after Port refused the credentials or limited the rate. The action shares the same rate limit. */
const PAUSE_MS = 60_000;

/** At most one warning in this time. */
const WARN_EVERY_MS = 60_000;

const RUNS_STAY_OPEN = 'runs of ignored changes stay open in Port';

export class RunCloser {
  readonly counts: RunCounts = {closed: 0, failed: 0, dropped: 0};
  readonly #port: PortRuns;
  readonly #deps: RunCloserDeps;
  /** Each lane closes one run at a time. */
  readonly #lanes = Array.from({length: MAX_AT_ONCE}, () => Promise.resolve());
  #taken = 0;
  #open = 0;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #warnedAtMs = Number.NEGATIVE_INFINITY;
  #warned = 0;

  constructor(port: PortRuns, deps: RunCloserDeps) {
    this.#port = port;
    this.#deps = deps;
  }

  /** Closes the run of an ignored change in the background, if it has one. Never throws. */
  close({source, runId}: Change, reason: string): void {
    // Port's workflows close their own runs, and other sources have no runs.
    if (source !== 'automation' || runId === undefined) return;
    if (this.#open >= MAX_OPEN) return void this.#recordOpen('dropped', `${MAX_OPEN} other runs are waiting`);
    this.#open++;
    const lane = this.#taken++ % MAX_AT_ONCE;
    const summary = `Port Reactor: no rule reacts: ${clip(oneLine(reason), 500)}`;
    this.#lanes[lane] = (this.#lanes[lane] ?? Promise.resolve()).then(async () => {
      await this.#closeRun(runId, summary);
      this.#open--;
    });
  }

  /** Resolves when all runs are closed, or after `maxMs`. */
  async idle(maxMs: number): Promise<void> {
    await Promise.race([Promise.all(this.#lanes), this.#deps.sleep(maxMs)]);
    if (this.#open > 0) this.#deps.log.warn({reason: 'the relay is shutting down', runs: this.#open}, RUNS_STAY_OPEN);
  }

  /** Never rejects. */
  async #closeRun(runId: string, summary: string): Promise<void> {
    if (this.#deps.now() < this.#pausedUntilMs)
      return this.#recordOpen('dropped', 'Port has just rejected other requests');
    try {
      await this.#port.closeRun(runId, {status: 'SUCCESS', summary});
      this.counts.closed++;
    } catch (error) {
      this.#recordOpen('failed', messageOf(error));
      const isForAll = error instanceof RequestError && [401, 429].includes(error.status);
      if (isForAll) this.#pausedUntilMs = this.#deps.now() + Math.max(PAUSE_MS, error.retryAfterMs ?? 0);
    }
  }

  #recordOpen(kind: 'failed' | 'dropped', reason: string): void {
    this.counts[kind]++;
    const nowMs = this.#deps.now();
    if (nowMs - this.#warnedAtMs < WARN_EVERY_MS) return;
    const runs = this.counts.failed + this.counts.dropped;
    this.#deps.log.warn({reason, runs: runs - this.#warned}, RUNS_STAY_OPEN);
    [this.#warned, this.#warnedAtMs] = [runs, nowMs];
  }
}
