/** Cancelling the step: GitHub sends SIGINT when a run is cancelled, and kills the step 10 s later. */
import {setMaxListeners} from 'node:events';
import {setTimeout as wait} from 'node:timers/promises';
import type {Fetch, Sleep} from '../base/deps.ts';
import {Cancelled} from '../base/errors.ts';

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** How long a request may still take. Results are worth reporting, but not to a server that hangs. */
const LAST_REQUEST_MS = 2_000;
/** After it, 3 s are left for summary, outputs and record. A script has 5 s of it to end. */
const DEADLINE_MS = 7_000;

/** The longest pause before a write is tried again. */
const LAST_REST_MS = 500;

/** When the report has to be there, whatever holds it up. */
const OVERDUE_MS = 8_500;

/** The outside world of a step that can be cancelled. */
export interface Cancellation {
  /** Aborts when the step is cancelled. No script is started after that. */
  readonly cancelled: AbortSignal;
  /** Ends its requests soon after, with {@link Cancelled}. */
  readonly fetch: Fetch;
  /** Rejects at once, with {@link Cancelled}: nothing is waited for. */
  readonly sleep: Sleep;
  /** Always waits. After the step was cancelled, it waits {@link LAST_REST_MS} at most. */
  readonly rest: Sleep;
  /** Rejects, with {@link Cancelled}, when there is only time left to say so. */
  readonly overdue: Promise<never>;
}

/** @param process a second signal of the same kind does what it does by default */
export function watchCancellation(process: Pick<NodeJS.Process, 'once'>, fetch: Fetch): Cancellation {
  const [cancelled, late] = [new AbortController(), new AbortController()];
  const [deadline, overdue] = [new AbortController(), new AbortController()];
  setMaxListeners(0, cancelled.signal, late.signal, deadline.signal); // one for each wait and request
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
    async rest(milliseconds) {
      await wait(cancelled.signal.aborted ? Math.min(milliseconds, LAST_REST_MS) : milliseconds);
    },
    async sleep(milliseconds) {
      await wait(milliseconds, undefined, {signal: cancelled.signal}).catch(() => {
        throw new Cancelled();
      });
    },
  };
}

/**
 * As `AbortSignal.any`, whose signals Node 20 may collect before they abort.
 * @param work resolves with the whole of its answer
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

function abortAfter(controller: AbortController, milliseconds: number): AbortSignal {
  setTimeout(() => controller.abort(new Cancelled()), milliseconds).unref();
  return controller.signal;
}
