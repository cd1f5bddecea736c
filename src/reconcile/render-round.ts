/** Reconcile: renders a round as text and as JSON. Pure. */
import {count, oneLine, showSpan, showValue} from '../base/text/show.ts';
import {dispatchTitle} from '../dispatch/title.ts';
import {isFullyAccounted, type RoundResult} from './round-result.ts';
import type {SentChange} from './send.ts';
import type {DispatchedChange} from './undecided.ts';

/** "1,204 changes, 1,204 accounted for" */
export function reconcileHeadline({counts, unreadable, waiting, overdue, dispatched}: RoundResult): string {
  const all = counts.changes + unreadable.length;
  const open = counts.missing - dispatched.length; // awaited, or not dispatched because of an error
  const unsettled = Math.max(open, waiting.length + overdue.length) + unreadable.length;
  const [total, accounted] = [all, all - unsettled].map(n => n.toLocaleString('en-US'));
  return `${total} ${all === 1 ? 'change' : 'changes'}, ${accounted} accounted for`;
}

const CLASSES = [
  ['irrelevant', 'match no rule, and end no incident'],
  ['handled', 'were decided by a run'],
  ['superseded', 'are older than the state in the memory'],
  ['witnessed', 'have a run in Port that was closed with a link to a run of the workflow'],
  ['missing', 'have no known decision'],
] as const;

export interface ClassRow {
  readonly name: string;
  readonly changes: number;
  readonly meaning: string;
}

/** The five classes. Their sum is the number of changes. */
export function classesOf({counts}: RoundResult): ClassRow[] {
  return CLASSES.map(([name, meaning]) => ({name, changes: counts[name], meaning}));
}

/** One sentence for each action and each problem. */
export function sentencesOf(result: RoundResult, nowMs: number): string[] {
  const {dispatched, waiting, overdue, again, unreadable, closed, dryRun, remarks} = result;
  const done = (past: string) => (dryRun ? `would be ${past}` : `was ${past}`);
  const partitionOf = new Map(again.map(({change, partition}) => [change, partition]));
  return [
    ...dispatched.map(one => `${describeChange(one)} ${done('dispatched')} into partition ${one.partition}.`),
    ...waiting.map(one => `${describeChange(one)} was dispatched ${agoOf(one, nowMs)} ago and is still undecided.`),
    ...overdue.map(one => {
      const partition = partitionOf.get(one.change);
      const then =
        partition === undefined
          ? 'It was not dispatched again'
          : `It ${done('dispatched')} again as partition ${partition}`;
      return `${describeChange(one)} was dispatched ${agoOf(one, nowMs)} ago and is still undecided. ${then}.`;
    }),
    ...unreadable.map(
      ({identifier, reason}) => `Entry ${oneLine(identifier)} of the audit log cannot be read: ${oneLine(reason)}.`,
    ),
    ...(closed === 0
      ? []
      : [`${count(closed, 'open run')} in Port ${dryRun ? 'would be' : closed === 1 ? 'was' : 'were'} closed.`]),
    ...remarks,
  ];
}

function describeChange({change}: Pick<SentChange, 'change'>): string {
  return `${dispatchTitle([{change, transition: undefined}])} (${showValue(change.blueprint, 60)}, at ${showValue(change.at, 40)})`;
}

function agoOf({awaited: {first}}: DispatchedChange, nowMs: number): string {
  return showSpan(nowMs / 1000 - first);
}

/** The JSON output. Times are in ISO 8601. */
export function reconcileData(result: RoundResult) {
  const {window, counts, dispatched, waiting, overdue, again, givenUp, unreadable, closed, failures, remarks} = result;
  const sent = ({change: {id, blueprint, entity, action, at}, partition}: SentChange) => ({
    id,
    blueprint,
    entity,
    action,
    at,
    partition,
  });
  const late = ({change: {id, blueprint, entity, action, at}, awaited: {first, last, times}}: DispatchedChange) => ({
    ...{id, blueprint, entity, action, at, times},
    dispatchedAt: new Date(first * 1000).toISOString(),
    lastDispatchedAt: new Date(last * 1000).toISOString(),
  });
  return {
    ok: isFullyAccounted(result),
    dryRun: result.dryRun,
    window: {from: new Date(window.fromMs).toISOString(), to: new Date(window.toMs).toISOString()},
    ...counts,
    dispatched: dispatched.map(sent),
    waiting: waiting.map(late),
    overdue: overdue.map(late),
    dispatchedAgain: again.map(sent),
    givenUp: givenUp.map(({id, blueprint, entity, at}) => ({id, blueprint, entity, at})),
    unreadable,
    closedRuns: closed,
    failures,
    remarks,
  };
}
