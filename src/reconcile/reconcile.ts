/**
 * One round: read the memory → read Port's audit log → classify every change → dispatch missing changes → raise the alarm about
 * undecided ones → close open runs in Port → save the result.
 */
import {messageOf, ReactorError} from '../base/errors.ts';
import type {Change} from '../change/change.ts';
import {readAuditLog} from '../clients/audit-log.ts';
import {createDispatches} from '../clients/github/dispatches.ts';
import {createPortClient} from '../clients/port.ts';
import {type CallPort, createPortCall} from '../clients/port-call.ts';
import {gzip} from '../dispatch/gzip.ts';
import {createStatusOfChange} from '../memory/change-status.ts';
import type {Shards} from '../memory/format/format.ts';
import {shardOf} from '../memory/format/keys.ts';
import {raiseAlarm} from './alarm.ts';
import {EntryClassifier} from './classify-entries.ts';
import {closeRuns, findWitnessed} from './port-runs.ts';
import {createMemoryReader} from './read-memory.ts';
import type {Awaited} from './round.ts';
import type {ReconcileDeps, ReconcileOptions, RoundResult} from './round-result.ts';
import {type KnownRound, readRound} from './round-store.ts';
import {saveRound} from './save-round.ts';
import {sendChanges} from './send.ts';
import {type Missing, sidePartition, sortMissing} from './undecided.ts';
import {type Window, windowOf} from './window.ts';

/**
 * Runs one round.
 * @throws {MemoryError}
 * @throws {PortError}
 * @throws {NetworkError}
 * @throws {ReactorError} if the memory or the audit log cannot
 *   be read. In that case, nothing was changed
 */
export async function reconcile(options: ReconcileOptions, deps: ReconcileDeps): Promise<RoundResult> {
  const {rules, port, memory, run} = options;
  const {fetch, sleep, now} = deps;
  const nowMs = now();
  const call = createPortCall(port, {fetch, sleep});
  const {branches, unused, recall, begin} = createMemoryReader(memory, deps);
  const known = await readRound(branches);
  const shards = await recall();
  const classifier = new EntryClassifier({
    ...beforeOf(known, nowMs),
    rules,
    statusOfChange: createStatusOfChange(shards),
  });
  const window = windowOf({nowMs, sinceMs: options.sinceMs, ...timesOf(known)});
  for (const blueprint of rules.byBlueprint.keys()) {
    for await (const entry of readAuditLog(call, {blueprint, ...window})) classifier.take(entry);
  }
  const early = classifier.supersededIn(unused);
  const found = await recheck(classifier, {options, call, recall});
  const missing = sortMissing({
    undecided: found.missing,
    awaited: known.round?.awaited ?? [],
    nowMs,
    alarmAfterMs: options.alarmAfterMs,
    isTooOld: one => isTooOld(one, {window, classifier, shards}),
  });
  const done = await dispatchAndAlarm(missing, {options, deps, nowMs});
  const closing = await closeRuns({
    call,
    port: createPortClient(port, {fetch, sleep}),
    isHandled: change => classifier.isHandled(change),
    link: run.link,
    dryRun: options.dryRun,
  });
  const result: RoundResult = {
    window,
    counts: countsOf(classifier, found),
    ...{waiting: missing.waiting, overdue: missing.overdue, givenUp: missing.givenUp, ...done},
    unreadable: classifier.unreadable,
    closed: closing.closed,
    failures: [...failuresOf(options, classifier, missing), ...done.failures],
    remarks: [...(early === 0 ? [] : [newMemoryRemark(early)]), ...known.remarks, ...found.remarks, ...closing.remarks],
    dryRun: options.dryRun,
  };
  const saveFailure = options.dryRun
    ? undefined
    : await saveRound(result, {known, missing, options, branches, nowMs, sleep});
  if (!options.dryRun) await begin(run, nowMs);
  return saveFailure === undefined ? result : {...result, failures: [...result.failures, saveFailure]};
}

/** The report must not suggest that a run has processed these changes. */
function newMemoryRemark(early: number): string {
  const subject = `${early.toLocaleString('en-US')} superseded ${early === 1 ? 'change is' : 'changes are'}`;
  return `${subject} from before the incident memory began. No run is known to have decided on ${early === 1 ? 'it' : 'them'}, and none will.`;
}

interface Known {
  readonly window: Window;
  readonly classifier: EntryClassifier;
  readonly shards: Shards;
}

/** Whether the change is at or before the horizon. A later change of the entity does not count. */
function isTooOld(awaited: Awaited, {window, classifier, shards}: Known): boolean {
  const atMs = Date.parse(awaited.at);
  const horizonMs = (shards.get(shardOf(awaited))?.horizon ?? 0) * 1000;
  return atMs < window.fromMs || (classifier.isSuperseded(awaited.id) && atMs <= horizonMs);
}

/** Ignores a time in the future, which comes from a clock that was ahead. It would disable new rules. */
function beforeOf({round}: KnownRound, nowMs: number) {
  return round?.last === undefined ? {} : {before: {rules: round.rules, lastMs: Math.min(round.last, nowMs)}};
}

function timesOf({round}: KnownRound) {
  const times = (round?.awaited ?? []).map(({at}) => Date.parse(at));
  return {lastMs: round?.last, oldestMs: times.length === 0 ? undefined : Math.min(...times)};
}

interface Found {
  readonly missing: readonly Change[];
  readonly witnessed: number;
  /** The number of changes that were decided while the audit log was read. */
  readonly decided: number;
  readonly remarks: readonly string[];
}

interface RecheckDeps {
  readonly options: ReconcileOptions;
  readonly call: CallPort;
  readonly recall: () => Promise<Shards>;
}

/** Checks missing changes again before any dispatch. GitHub can return stale data, and a run can be in progress. */
async function recheck(classifier: EntryClassifier, {options, call, recall}: RecheckDeps): Promise<Found> {
  if (classifier.undecided.length === 0) return {missing: [], witnessed: 0, decided: 0, remarks: []};
  const again = new EntryClassifier({...classifier.facts, statusOfChange: createStatusOfChange(await recall())});
  for (const change of classifier.undecided) again.take({kind: 'change', identifier: change.id, change});
  const decided = classifier.undecided.length - again.undecided.length;
  try {
    const seen = new Set(await findWitnessed(again.undecided, options.github.repository, call));
    const missing = again.undecided.filter(change => !seen.has(change));
    return {missing, witnessed: seen.size, decided, remarks: []};
  } catch (error) {
    if (!(error instanceof ReactorError)) throw error;
    const remark = `Port's automation runs could not be checked for the missing changes: ${messageOf(error)}`;
    return {missing: again.undecided, witnessed: 0, decided, remarks: [remark]};
  }
}

function countsOf({irrelevant, handled, superseded, undecided}: EntryClassifier, found: Found): RoundResult['counts'] {
  const changes = irrelevant + handled + superseded + undecided.length;
  const {witnessed: seen, missing, decided} = found;
  return {changes, irrelevant, handled: handled + decided, superseded, witnessed: seen, missing: missing.length};
}

interface Work {
  readonly options: ReconcileOptions;
  readonly deps: ReconcileDeps;
  readonly nowMs: number;
}

/**
 * Dispatches missing changes into their partition. Changes that were already dispatched bypass the queue, and are reported to
 * Slack.
 */
async function dispatchAndAlarm(missing: Missing, {options, deps, nowMs}: Work) {
  const {github, dryRun, alarmTo, runsUrl} = options;
  const {fetch, sleep, now, slack} = deps;
  const send = dryRun ? async () => {} : createDispatches(github, {fetch, sleep, now});
  const times = new Map(missing.overdue.map(({change, awaited}) => [change, awaited.times]));
  const first = await sendChanges(missing.fresh, options, {send, gzip});
  const name = (partition: number, change: Change) => sidePartition(partition, times.get(change) ?? 1);
  const second = await sendChanges(
    missing.overdue.map(({change}) => change),
    {...options, name},
    {send, gzip},
  );
  const partitions = [...new Set(second.sent.map(({partition}) => String(partition)))];
  const unsent =
    missing.overdue.length === 0 || dryRun
      ? undefined
      : await raiseAlarm({overdue: missing.overdue, partitions, nowMs, runsUrl}, alarmTo, slack);
  const failures = [...first.failures, ...second.failures, ...(unsent === undefined ? [] : [unsent])];
  return {dispatched: first.sent, again: second.sent, failures: [...new Set(failures)]};
}

function failuresOf({broken, rules}: ReconcileOptions, {unclear}: EntryClassifier, {givenUp}: Missing): string[] {
  return [
    ...(broken === undefined
      ? []
      : [`The rules have mistakes. Changes for the invalid rules are not accounted for. ${broken.message}`]),
    ...(rules.byBlueprint.size === 0 ? ['No rule is valid, so nothing could be accounted for.'] : []),
    ...unclear,
    ...givenUp.map(
      ({entity, at}) =>
        `${entity}, changed at ${at}, was given up: no run has decided on it, and it is now too old to react`,
    ),
  ];
}
