/** Reconcile: saves the result of a round. The next round reads the awaited changes and the start of its window from it. */
import type {Sleep} from '../base/deps.ts';
import type {MemoryBranches} from '../clients/memory/branches.ts';
import {digestsOf} from './classify-entries.ts';
import {mergeAwaited, type Round} from './round.ts';
import type {ReconcileOptions, RoundResult} from './round-result.ts';
import {type KnownRound, writeRound} from './round-store.ts';
import {afterDispatch, type Missing} from './undecided.ts';
import {isAhead} from './window.ts';

interface SaveContext {
  readonly known: KnownRound;
  readonly missing: Missing;
  readonly options: ReconcileOptions;
  readonly branches: MemoryBranches;
  readonly nowMs: number;
  readonly sleep: Sleep;
}

/** @returns a sentence that explains why the result could not be saved. Undefined if it was saved */
export async function saveRound(result: RoundResult, context: SaveContext): Promise<string | undefined> {
  const {known, missing, options, branches, nowMs, sleep} = context;
  const {window, counts, dispatched, again, unreadable} = result;
  const before = new Map([...missing.waiting, ...missing.overdue].map(({change, awaited}) => [change, awaited]));
  const sent = new Set([...dispatched, ...again].map(({change}) => change));
  const awaited = [
    ...[...before].filter(([change]) => !sent.has(change)).map(([, one]) => one),
    ...[...sent].map(change => afterDispatch(change, before.get(change), nowMs)),
  ];
  const settled = new Set((known.round?.awaited ?? []).map(({id}) => id));
  // The next round checks failed changes again.
  const isComplete = options.broken === undefined && dispatched.length === missing.fresh.length;
  const {last: written} = known.round ?? {};
  const earlier = written !== undefined && isAhead(written, nowMs) ? undefined : written;
  const isContinued = earlier === undefined || window.fromMs <= earlier; // false if --since left a gap
  const last = isComplete && isContinued ? Math.max(window.toMs, earlier ?? 0) : earlier;
  const next = (theirs: Round | undefined): Round => ({
    version: 1,
    at: new Date(nowMs).toISOString(),
    window: {from: new Date(window.fromMs).toISOString(), to: new Date(window.toMs).toISOString()},
    ...counts,
    unreadable: unreadable.length,
    ...(last === undefined ? {} : {last}),
    awaited: mergeAwaited(awaited, theirs?.awaited ?? [], settled),
    rules: isComplete && isContinued ? digestsOf(options.rules) : (known.round?.rules ?? {}),
  });
  return writeRound(known, next, {branches, sleep, nowMs, run: options.run});
}
