/** Memory: applies a change once and in order: updates the incident of each rule that it affects. */
import type {Change} from '../../change/change.ts';
import {transitionOf} from '../../change/transition.ts';
import {type Decision, ruleOf, type Verdict} from '../../decide/evaluate.ts';
import {hasIncident, type Rule} from '../../rules/rules.ts';
import type {Incident} from '../format/format.ts';
import {matchKey, shardOf, subjectOf} from '../format/keys.ts';
import {isRemembered} from '../remembered.ts';
import {type ChangeFacts, end, match, remove} from './advance.ts';
import {attempt} from './attempt.ts';
import {ledgerStateOf} from './ledger.ts';
import {resumeUnfinished} from './leftovers.ts';
import type {Emission} from './recorder.ts';
import type {Scene} from './scene.ts';
import type {StepFacts} from './step.ts';
import {learn} from './synthetic-change.ts';
import {tickBefore} from './timers.ts';

export function applyChange(scene: Scene, {change, watching}: Decision): void {
  for (const verdict of watching) if (isRemembered(verdict)) applyVerdict(scene, change, verdict);
  if (change.action === 'DELETE') removeOrphans(scene, change);
}

function applyVerdict(scene: Scene, change: Change, verdict: Verdict): void {
  const rule = ruleOf(scene.input.rules, verdict);
  const shard = shardOf(change);
  const at = Date.parse(change.at);
  const emission: Emission = {rule, change, shard, key: matchKey(rule, change), byClock: false, at};
  const workingShard = scene.workingShards.at(shard);
  const standing = ledgerStateOf(workingShard, emission.key, at);
  if (standing.kind === 'unfinished' && !scene.recorder.isTouched(emission.key)) {
    resumeUnfinished(scene, emission);
    return;
  }
  if (standing.kind !== 'new') {
    scene.recorder.note(emission, {why: standing.kind === 'superseded' ? 'superseded' : 'duplicate'});
    return;
  }
  const incident = workingShard.incidents.get(subjectOf({...change, rule: rule.name}));
  if (incident !== undefined && at < incident.at) scene.recorder.note(emission, {why: 'stale'});
  else if (hasIncident(rule)) advance(scene, {...emission, incident}, verdict);
  else reactWithoutIncident(scene, emission, incident);
  scene.recorder.file(emission);
}

/** A rule without a bad state has no incidents. Only the time of its script is stored, for the cooldown. */
function reactWithoutIncident(scene: Scene, emission: Emission, incident: Incident | undefined): void {
  const {rule, change} = emission;
  const facts = scene.factsOf(emission, incident);
  const {muted, destinations, inhibitedBy} = facts;
  const suppressed = inhibitedBy !== undefined ? 'inhibited' : muted.length > 0 ? 'muted' : undefined;
  if (rule.notify !== undefined && suppressed === undefined) {
    scene.recorder.effects(emission, [{kind: 'notify', topic: 'firing', to: destinations}]);
  } else if (rule.notify !== undefined && suppressed !== undefined) {
    scene.recorder.note(emission, {why: suppressed, instead: 'notification', mutes: muted});
  }
  if (rule.remediate === undefined) return;
  if (inhibitedBy !== undefined) {
    scene.recorder.note(emission, {why: 'inhibited', instead: 'remediation'});
    return;
  }
  const before: Incident = {...(incident ?? scene.begin(rule, change)), attempts: 0};
  const {incident: after, effects} = attempt({...before, state: 'closed', closed: facts.at}, facts);
  scene.recorder.effects(emission, effects);
  if (rule.remediate.cooldownMs !== undefined && effects.some(({kind}) => kind === 'run')) {
    scene.workingShards.put(emission.shard, subjectOf(after), {...after, at: emission.at, run: facts.run});
  }
}

function advance(scene: Scene, emission: Emission, {matched}: Verdict): void {
  const {rule, change} = emission;
  const {from, to} = transitionOf(change, rule.property ?? '');
  const facts: ChangeFacts = {
    ...scene.factsOf(emission, emission.incident),
    learned: learn(scene.input.rules, change, to),
    begin: () => scene.begin(rule, change),
  };
  const incident = runEarlierTimers(scene, emission, facts);
  if (isMissing(rule, incident, from)) scene.recorder.note(emission, {why: 'missing-between'});
  const isOpen = incident !== undefined && incident.state !== 'closed';
  const isDeleted = change.action === 'DELETE' && isOpen;
  const step = matched ? match(incident, facts) : isDeleted ? remove(incident, facts) : end(incident, facts);
  scene.apply(emission, incident, step);
}

/** First runs the timers that were due before the change. */
function runEarlierTimers(scene: Scene, emission: Emission, facts: StepFacts): Incident | undefined {
  const {incident} = emission;
  if (incident === undefined) return undefined;
  const step = tickBefore(incident, {...facts, now: Math.min(facts.at, scene.now), isReleased: false});
  if (step.incident !== incident) scene.apply({...emission, byClock: true}, incident, step);
  return step.incident;
}

/** Removes incidents of rules that the file no longer contains, because no rule could end them. */
function removeOrphans(scene: Scene, {blueprint, entity}: Change): void {
  const shard = shardOf({blueprint, entity});
  const workingShard = scene.input.shards.has(shard) ? scene.workingShards.at(shard) : undefined;
  for (const incident of [...(workingShard?.incidents.values() ?? [])]) {
    const isOfEntity = incident.blueprint === blueprint && incident.entity === entity;
    if (isOfEntity && !scene.input.rules.byName.has(incident.rule)) scene.keep(shard, incident, undefined);
  }
}

/** A number past a threshold can change between two events that the rule sees. The value of a `to` rule cannot. */
function isMissing({to}: Rule, incident: Incident | undefined, from: unknown): boolean {
  if (to === undefined || incident?.value === undefined) return false;
  return incident.value !== from;
}
