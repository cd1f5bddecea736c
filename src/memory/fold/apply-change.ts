/** Memory: applies a change once and in order, and updates the incident of each rule that it affects. */
import type {Change} from '../../change/change.ts';
import {transitionOf} from '../../change/transition.ts';
import {type Decision, ruleOf, type Verdict} from '../../decide/evaluate.ts';
import {hasIncident, type Rule} from '../../rules/rules.ts';
import type {Incident} from '../format/format.ts';
import {matchKey, shardOf, subjectOf} from '../format/keys.ts';
import {isRemembered} from '../remembered.ts';
import {type ChangeFacts, end, match, remove} from './advance.ts';
import {attempt} from './attempt.ts';
import type {FoldState} from './fold-state.ts';
import {ledgerStateOf} from './ledger.ts';
import type {ReactionSource} from './recorder.ts';
import type {StepFacts} from './step.ts';
import {storedFacts} from './synthetic-change.ts';
import {tickBefore} from './timers.ts';
import {resumeUnfinished} from './unfinished-work.ts';

export function applyChange(fold: FoldState, {change, watching}: Decision): void {
  for (const verdict of watching) if (isRemembered(verdict)) applyVerdict(fold, change, verdict);
  if (change.action === 'DELETE') removeOrphans(fold, change);
}

function applyVerdict(fold: FoldState, change: Change, verdict: Verdict): void {
  const rule = ruleOf(fold.input.rules, verdict);
  const shard = shardOf(change);
  const at = Date.parse(change.at);
  const source: ReactionSource = {rule, change, shard, key: matchKey(rule, change), byClock: false, at};
  const workingShard = fold.workingShards.at(shard);
  const ledgerState = ledgerStateOf(workingShard, source.key, at);
  if (ledgerState.kind === 'unfinished' && !fold.recorder.hasRecorded(source.key)) {
    resumeUnfinished(fold, source);
    return;
  }
  if (ledgerState.kind !== 'new') {
    fold.recorder.note(source, {why: ledgerState.kind === 'superseded' ? 'superseded' : 'duplicate'});
    return;
  }
  const incident = workingShard.incidents.get(subjectOf({...change, rule: rule.name}));
  if (incident !== undefined && at < incident.at) fold.recorder.note(source, {why: 'stale'});
  else if (hasIncident(rule)) advance(fold, {...source, incident}, verdict);
  else reactWithoutIncident(fold, source, incident);
  fold.recorder.file(source);
}

/** A rule without `to`, `above` or `below` has no incidents. Only the time of its script is stored, for the cooldown. */
function reactWithoutIncident(fold: FoldState, source: ReactionSource, incident: Incident | undefined): void {
  const {rule, change} = source;
  const facts = fold.factsOf(source, incident);
  const {muted, destinations, inhibitedBy} = facts;
  const suppressed = inhibitedBy !== undefined ? 'inhibited' : muted.length > 0 ? 'muted' : undefined;
  if (rule.notify !== undefined && suppressed === undefined) {
    fold.recorder.effects(source, [{kind: 'notify', topic: 'firing', to: destinations}]);
  } else if (rule.notify !== undefined && suppressed !== undefined) {
    fold.recorder.note(source, {why: suppressed, instead: 'notification', mutes: muted});
  }
  if (rule.remediate === undefined) return;
  if (inhibitedBy !== undefined) {
    fold.recorder.note(source, {why: 'inhibited', instead: 'remediation'});
    return;
  }
  const before: Incident = {...(incident ?? fold.begin(rule, change)), attempts: 0};
  const {incident: after, effects} = attempt({...before, state: 'closed', closed: facts.at}, facts);
  fold.recorder.effects(source, effects);
  if (rule.remediate.cooldownMs !== undefined && effects.some(({kind}) => kind === 'run')) {
    fold.workingShards.put(source.shard, subjectOf(after), {...after, at: source.at, run: facts.run});
  }
}

function advance(fold: FoldState, source: ReactionSource, {matched}: Verdict): void {
  const {rule, change} = source;
  const {from, to} = transitionOf(change, rule.property ?? '');
  const facts: ChangeFacts = {
    ...fold.factsOf(source, source.incident),
    stored: storedFacts(fold.input.rules, change, to),
    begin: () => fold.begin(rule, change),
  };
  const incident = runEarlierTimers(fold, source, facts);
  if (isMissing(rule, incident, from)) fold.recorder.note(source, {why: 'missing-between'});
  const isOpen = incident !== undefined && incident.state !== 'closed';
  const isDeleted = change.action === 'DELETE' && isOpen;
  const step = matched ? match(incident, facts) : isDeleted ? remove(incident, facts) : end(incident, facts);
  fold.apply(source, incident, step);
}

/** Runs the timers that were due before the change. */
function runEarlierTimers(fold: FoldState, source: ReactionSource, facts: StepFacts): Incident | undefined {
  const {incident} = source;
  if (incident === undefined) return undefined;
  const step = tickBefore(incident, {...facts, now: Math.min(facts.at, fold.now), isReleased: false});
  if (step.incident !== incident) fold.apply({...source, byClock: true}, incident, step);
  return step.incident;
}

/** Removes incidents of rules that the file no longer contains. No rule could end them. */
function removeOrphans(fold: FoldState, {blueprint, entity}: Change): void {
  const shard = shardOf({blueprint, entity});
  const workingShard = fold.input.shards.has(shard) ? fold.workingShards.at(shard) : undefined;
  for (const incident of [...(workingShard?.incidents.values() ?? [])]) {
    const isOfEntity = incident.blueprint === blueprint && incident.entity === entity;
    if (isOfEntity && !fold.input.rules.byName.has(incident.rule)) fold.keep(shard, incident, undefined);
  }
}

/**
 * Whether an event is missing between the last change and this one. A number past a threshold can change without an event that
 * the rule sees. The value of a `to` rule cannot.
 */
function isMissing({to}: Rule, incident: Incident | undefined, from: unknown): boolean {
  if (to === undefined || incident?.value === undefined) return false;
  return incident.value !== from;
}
