/** Cancellation of the step. GitHub sends SIGINT when a run is cancelled, and kills the step 10 s later. */
import {setMaxListeners} from 'node:events';
import type {Fetch, Sleep} from '../base/deps.ts';
import {Cancelled} from '../base/errors.ts';

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** The time limit for each request after the cancellation. A server that hangs must not block the report. */
const LAST_REQUEST_MS = 2_000;
/** Leaves 3 s for summary, outputs and record. A script has 5 s of this time to end. */
const DEADLINE_MS = 7_000;

/** The longest pause before a retried write. */
const LAST_PAUSE_MS = 500;

/** The time at which the report must be written, even if other work is unfinished. */
const OVERDUE_MS = 8_500;

/** Resolves after these milliseconds. An aborted signal rejects it. Without `ref`, it does not keep the process alive. */
export type Wait = (
  milliseconds: number,
  options?: {readonly signal?: AbortSignal; readonly ref?: boolean},
) => Promise<unknown>;

/** The outside world of a step that can be cancelled. */
export interface Cancellation {
  /** Aborts when the step is cancelled. No script is started after that. */
  readonly cancelled: AbortSignal;
  /** Aborts its requests soon after the cancellation, with {@link Cancelled}. */
  readonly fetch: Fetch;
  /** Rejects at once with {@link Cancelled}. */
  readonly sleep: Sleep;
  /** Always resolves. After the cancellation, it waits at most {@link LAST_PAUSE_MS}. */
  readonly sleepEvenIfCancelled: Sleep;
  /** Rejects with {@link Cancelled} when the remaining time is needed for the report. */
  readonly overdue: Promise<never>;
}

/** @param process a second signal of the same kind has its default effect */
export function watchCancellation(
  process: Pick<NodeJS.EventEmitter, 'once'>,
  {fetch, wait}: {readonly fetch: Fetch; readonly wait: Wait},
): Cancellation {
  const [cancelled, late] = [new AbortController(), new AbortController()];
  const [deadline, overdue] = [new AbortController(), new AbortController()];
  setMaxListeners(0, cancelled.signal, late.signal, deadline.signal); // each wait and request adds one listener
  const abortAfter = (controller: AbortController, milliseconds: number): AbortSignal => {
    void wait(milliseconds, {ref: false}).then(() => controller.abort(new Cancelled()));
    return controller.signal;
  };
  const cancel = () => {
    if (cancelled.signal.aborted) return;
    cancelled.abort(new Cancelled());
    abortAfter(late, LAST_REQUEST_MS);
    abortAfter(deadline, DEADLINE_MS);
    abortAfter(overdue, OVERDUE_MS);
  };
  for (const signal of SIGNALS) process.once(signal, cancel);
  const limits = () => {
    if (!cancelled.signal.aborted) return [late.signal];
    return [abortAfter(new AbortController(), LAST_REQUEST_MS), deadline.signal];
  };
  const isOverdue = new Promise<never>((_, reject) =>
    overdue.signal.addEventListener('abort', () => reject(new Cancelled())),
  );
  isOverdue.catch(() => {}); // without a listener, a rejection would end the process
  return {
    cancelled: cancelled.signal,
    overdue: isOverdue,
    fetch: (url, {signal, ...init}) =>
      withSignals([...(signal === undefined ? [] : [signal]), ...limits()], own => fetch(url, {...init, signal: own})),
    async sleepEvenIfCancelled(milliseconds) {
      await wait(cancelled.signal.aborted ? Math.min(milliseconds, LAST_PAUSE_MS) : milliseconds);
    },
    async sleep(milliseconds) {
      await wait(milliseconds, {signal: cancelled.signal}).catch(() => {
        throw new Cancelled();
      });
    },
  };
}

/**
 * A substitute for `AbortSignal.any`: Node 20 can garbage-collect its signals before they abort.
 * @param work must resolve only after the whole response is read
 */
async function withSignals<T>(signals: readonly AbortSignal[], work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const abort = () => own.abort(signals.find(({aborted}) => aborted)?.reason);
  if (signals.some(({aborted}) => aborted)) abort();
  for (const signal of signals) signal.addEventListener('abort', abort);
  try {
    return await work(own.signal);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', abort);
  }
}
