/** Act, beside the path of a webhook: closes in Port the runs of changes that no rule reacts to, saying why. */

import type {Now, Sleep} from '../../src/base/deps.ts';
import {messageOf, RequestError} from '../../src/base/errors.ts';
import {clip, oneLine} from '../../src/base/text.ts';
import type {Change} from '../../src/change/change.ts';
import type {RelayLog} from '../observe/log.ts';
import type {PortRuns} from './port-runs.ts';

export interface RunCloser {
  /** Closes the change's run, if Port keeps one for it, in its own time. Never throws, never waits. */
  ignored(change: Change, reason: string): void;
  /** Resolves when nothing is left to be closed, and after `maxMs` in any case. */
  idle(maxMs: number): Promise<void>;
  readonly counts: Readonly<RunCounts>;
}

/** Runs since the start. */
interface RunCounts {
  closed: number;
  /** Port could not be reached, or refused: they stay open. */
  failed: number;
  /** Not tried, as there were too many, or Port had just refused: they stay open. */
  dropped: number;
}

export interface RunCloserDeps {
  readonly now: Now;
  readonly sleep: Sleep;
  readonly log: RelayLog;
}

const MAX_AT_ONCE = 4;
const MAX_WAITING = 1_000;

/** How long nothing is tried once Port refused the credentials, or limited: the action needs the same limit. */
const PAUSE_MS = 60_000;

/** Of each kind, one warning in this time. */
const WARN_EVERY_MS = 60_000;

const STAY_OPEN = 'runs of ignored changes stay open in Port';
const JUST_REFUSED = 'Port has just refused others';

/** @param port undefined where no run is to be closed */
export function createRunCloser(port: PortRuns | undefined, deps: RunCloserDeps): RunCloser {
  if (port !== undefined) return new BoundedRunCloser(port, deps);
  return {ignored() {}, idle: async () => {}, counts: {closed: 0, failed: 0, dropped: 0}};
}

interface WaitingRun {
  readonly runId: string;
  readonly summary: string;
}

const NEVER_TOLD = {count: 0, atMs: Number.NEGATIVE_INFINITY};

class BoundedRunCloser implements RunCloser {
  readonly counts: RunCounts = {closed: 0, failed: 0, dropped: 0};
  readonly #port: PortRuns;
  readonly #deps: RunCloserDeps;
  readonly #waiting: WaitingRun[] = [];
  #running = 0;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #whenIdle: (() => void)[] = [];
  readonly #told = {failed: NEVER_TOLD, dropped: NEVER_TOLD};

  constructor(port: PortRuns, deps: RunCloserDeps) {
    this.#port = port;
    this.#deps = deps;
  }

  ignored({source, runId}: Change, reason: string): void {
    // Nodes of Port's workflows are closed by their workflow; other sources have no runs.
    if (source !== 'automation' || runId === undefined) return;
    const obstacle = this.#obstacle();
    if (obstacle !== undefined) {
      this.#leaveOpen('dropped', 1, obstacle);
      return;
    }
    this.#waiting.push({runId, summary: `Port Reactor: no rule reacts: ${clip(oneLine(reason), 500)}`});
    this.#startNext();
  }

  async idle(maxMs: number): Promise<void> {
    if (this.#left() === 0) return;
    const idle = new Promise<void>(resolve => this.#whenIdle.push(resolve));
    await Promise.race([idle, this.#deps.sleep(maxMs)]);
    const runs = this.#left();
    if (runs > 0) this.#deps.log.warn({reason: 'the relay is closing', runs}, STAY_OPEN);
  }

  #obstacle(): string | undefined {
    if (this.#deps.now() < this.#pausedUntilMs) return JUST_REFUSED;
    return this.#waiting.length >= MAX_WAITING ? `${MAX_WAITING} others are waiting` : undefined;
  }

  #left(): number {
    return this.#running + this.#waiting.length;
  }

  #startNext(): void {
    while (this.#running < MAX_AT_ONCE) {
      const run = this.#waiting.shift();
      if (run === undefined) break;
      this.#running++;
      void this.#close(run);
    }
    if (this.#left() === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Never rejects. */
  async #close({runId, summary}: WaitingRun): Promise<void> {
    try {
      await this.#port.closeRun(runId, {status: 'SUCCESS', summary});
      this.counts.closed++;
    } catch (error) {
      this.#leaveOpen('failed', 1, messageOf(error));
      this.#pauseAfter(error);
    } finally {
      this.#running--;
      this.#startNext();
    }
  }

  /** What is waiting would be answered alike. */
  #pauseAfter(error: unknown): void {
    if (!(error instanceof RequestError) || ![401, 429].includes(error.status)) return;
    this.#pausedUntilMs = this.#deps.now() + Math.max(PAUSE_MS, error.retryAfterMs ?? 0);
    const {length} = this.#waiting.splice(0);
    if (length > 0) this.#leaveOpen('dropped', length, JUST_REFUSED);
  }

  #leaveOpen(kind: 'failed' | 'dropped', runs: number, reason: string): void {
    this.counts[kind] += runs;
    const [told, nowMs, count] = [this.#told[kind], this.#deps.now(), this.counts[kind]];
    if (nowMs - told.atMs < WARN_EVERY_MS) return;
    this.#deps.log.warn({reason, runs: count - told.count}, STAY_OPEN);
    this.#told[kind] = {count, atMs: nowMs};
  }
}
