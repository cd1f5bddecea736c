/** Memory: finishes the work of earlier runs. A re-run continues its own work. Later runs finish the work of a run that died. */
import {hasIncident} from '../../rules/rules.ts';
import type {Incident, Unfinished} from '../format/format.ts';
import {subjectOf} from '../format/keys.ts';
import {attempt} from './attempt.ts';
import type {FoldState} from './fold-state.ts';
import {isSameRun, scriptIn, unsentOf} from './ledger.ts';
import type {ReactionSource} from './recorder.ts';
import {audienceOf} from './step.ts';
import {syntheticChange} from './synthetic-change.ts';
import {secondsOpen} from './turns.ts';
import {unfinishedIn} from './working-shards.ts';

/**
 * Finishes the work of another run that started on the same key. A failed script starts again only if a person re-runs that
 * run. A second delivery of the change does not repeat the script.
 */
export function resumeUnfinished(fold: FoldState, source: ReactionSource): void {
  const {rule, shard, key, change} = source;
  const workingShard = fold.workingShards.at(shard);
  const entry = unfinishedIn(workingShard, key);
  if (entry === undefined) return;
  const subject = subjectOf({...change, rule: rule.name});
  const incident = workingShard.incidents.get(subject);
  const at = {...source, before: incident, incident};
  const unsent = unsentOf(entry, readerOf(fold));
  resendMessages(fold, at, {entry, unsent});
  const script = scriptIn(entry, rule, readerOf(fold));
  if (script === 'unknown') fold.recorder.unknown(at, entry, outcomeDestinations(fold, at));
  const isRetried = script === 'failed' && isSameRun(entry.run, fold.input.run);
  if (isRetried) retryScript(fold, at, incident);
  if (unsent.length === 0 && script !== 'unknown' && !isRetried) {
    fold.recorder.note(at, {why: 'duplicate', run: entry.run});
  }
}

/** Finishes the work of runs that died. */
export function finishAbandoned(fold: FoldState): void {
  const {rules} = fold.input;
  for (const shard of fold.workingShards.numbers) {
    const workingShard = fold.workingShards.at(shard);
    const byId = new Map([...workingShard.incidents.values()].map(incident => [incident.id, incident]));
    for (const [key, entry] of Object.entries(workingShard.memory.unfinished)) {
      const incident = byId.get(entry.incident ?? '');
      const rule = incident && rules.byName.get(incident.rule);
      if (incident === undefined || rule === undefined || fold.recorder.hasRecorded(key)) continue;
      const at = (entry.at ?? entry.t) * 1000;
      const source = {
        rule,
        change: syntheticChange(incident, rule),
        shard,
        key,
        byClock: true,
        at,
        before: incident,
        incident,
      };
      const unsent = unsentOf({...entry, notify: onlyTodo(entry.notify)}, readerOf(fold));
      resendMessages(fold, source, {entry, unsent});
      if (entry.unknown !== true && scriptIn(entry, rule, readerOf(fold)) === 'unknown') {
        fold.recorder.unknown(source, entry, outcomeDestinations(fold, source));
      }
    }
  }
}

function readerOf({now, input}: FoldState) {
  return {now, run: input.run};
}

interface Unsent {
  readonly entry: Unfinished;
  /** The destinations that did not receive the message. */
  readonly unsent: readonly string[];
}

/** If the incident has ended since then, destinations that missed the first message also receive the message about the end. */
function resendMessages(fold: FoldState, source: ReactionSource, {entry, unsent}: Unsent): void {
  const {rule, incident} = source;
  if (unsent.length === 0) return;
  fold.recorder.again(source, entry, unsent);
  const isBeginning = entry.told === 'firing' || entry.told === 'reopened' || entry.told === 'update';
  if (!isBeginning || incident?.closed === undefined || incident.id !== entry.incident) return;
  if (rule.notify === undefined || rule.notify.recovery === false || incident.flapping !== undefined) return;
  const seconds = secondsOpen(incident);
  fold.recorder.effects(source, [{kind: 'notify', topic: 'recovered', to: unsent, due: incident.closed, seconds}]);
}

/** A re-run repeats a failed script if its incident is still open. Cooldown and attempts also apply. */
function retryScript(fold: FoldState, source: ReactionSource, incident: Incident | undefined): void {
  const {rule, change, shard} = source;
  if (hasIncident(rule) && incident?.state !== 'open') {
    fold.recorder.note(source, {why: 'over', instead: 'remediation'});
    return;
  }
  const before = incident ?? fold.begin(rule, change);
  const step = attempt(before, fold.factsOf(source, incident));
  const after: Incident = {...step.incident, run: fold.input.run};
  fold.recorder.effects({...source, before: incident, incident: incident && after}, step.effects);
  if (incident !== undefined) fold.keep(shard, incident, after);
}

/** The destinations for the message about an unknown script outcome: those of the incident, and the first escalation. */
function outcomeDestinations(fold: FoldState, source: ReactionSource): string[] {
  const {rule, incident} = source;
  if (rule.notify === undefined) return [];
  const audience = incident === undefined ? fold.factsOf(source).destinations : audienceOf(incident);
  return [...audience, ...(rule.notify.escalate?.[0]?.slack ?? [])];
}

/** Only a re-run repeats a failed message. A message that was never sent is sent now. */
function onlyTodo(notify: Readonly<Record<string, string>> = {}): Record<string, 'todo'> {
  return Object.fromEntries(
    Object.keys(notify)
      .filter(name => notify[name] === 'todo')
      .map(name => [name, 'todo']),
  );
}
