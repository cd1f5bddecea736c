/** Everything that the demo has recorded: webhooks, runs and messages. The terminal and the pages render it. */
import type {LogLine} from './fakes/runner-log.ts';

/** A `repository_dispatch` that the local GitHub has accepted. */
export interface RecordedDispatch {
  readonly eventType: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The size of `client_payload`, in bytes. */
  readonly bytes: number;
}

/** A message to the local Slack, and its response. */
export interface SlackPost {
  readonly atMs: number;
  readonly message: unknown;
  readonly status: number;
  /** "ok", or Slack's error code. */
  readonly answer: string;
}

/** A workflow run. `ended` is set when it has ended. */
export interface RecordedRun {
  readonly id: number;
  /** The name that GitHub shows. */
  readonly title: string;
  readonly dispatch: RecordedDispatch;
  /** Runs of one group run one after the other. */
  readonly group: string;
  readonly queuedAtMs: number;
  readonly state: 'queued' | 'in progress' | 'success' | 'failure';
  readonly ended?: EndedRun;
}

export interface EndedRun {
  readonly durationMs: number;
  readonly endedAtMs: number;
  readonly exitCode: number | null;
  readonly event: unknown;
  readonly log: readonly LogLine[];
  readonly outputs: Readonly<Record<string, string>>;
  /** The job summary of the action, as HTML. */
  readonly summary: string;
  /** The decision record. */
  readonly record: string;
  readonly posts: readonly SlackPost[];
}

/** The relay's log entry for a webhook. */
export interface RecordedDelivery {
  readonly time: string;
  /** Absent if the sender closed the connection before the response. */
  readonly status?: number;
  readonly outcome: string;
  readonly blueprint?: string;
  readonly entity?: string;
  readonly reason?: string;
  readonly durationMs?: number;
}

/** Grows during the demo. Each change calls the listeners. */
export class History {
  readonly deliveries: RecordedDelivery[] = [];
  readonly #runs = new Map<number, RecordedRun>();
  readonly #listeners = new Set<() => void>();

  /** In the order of their dispatch. */
  get runs(): RecordedRun[] {
    return [...this.#runs.values()];
  }

  run(id: number): RecordedRun | undefined {
    return this.#runs.get(id);
  }

  put(run: RecordedRun): void {
    this.#runs.set(run.id, run);
    this.#notify();
  }

  add(delivery: RecordedDelivery): void {
    this.deliveries.push(delivery);
    this.#notify();
  }

  /** @returns a function that removes the listener */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the first result of `find`, now or after a later change. Undefined after the time limit. */
  async until<T>(find: (history: History) => T | undefined, timeoutMs: number): Promise<T | undefined> {
    return await new Promise(resolve => {
      const end = (found: T | undefined) => {
        stop();
        clearTimeout(timer);
        resolve(found);
      };
      const look = () => {
        const found = find(this);
        if (found !== undefined) end(found);
      };
      const stop = this.onChange(look);
      const timer = setTimeout(() => end(undefined), timeoutMs).unref(); // the timer must not keep the process alive after a Ctrl-C
      look();
    });
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
