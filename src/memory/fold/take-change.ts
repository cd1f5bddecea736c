/** Memory: a change is handled once, in order. It moves the incident of each rule that it concerns. */
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
import {goOn} from './leftovers.ts';
import type {Emission} from './recorder.ts';
import type {Scene} from './scene.ts';
import {learn} from './stand-in.ts';
import type {StepFacts} from './step.ts';
import {tickBefore} from './timers.ts';

export function takeChange(scene: Scene, {change, watching}: Decision): void {
  for (const verdict of watching) if (isRemembered(verdict)) takeVerdict(scene, change, verdict);
  if (change.action === 'DELETE') forgetOrphans(scene, change);
}

function takeVerdict(scene: Scene, change: Change, verdict: Verdict): void {
  const rule = ruleOf(scene.input.rules, verdict);
  const shard = shardOf(change);
  const at = Date.parse(change.at);
  const emission: Emission = {rule, change, shard, key: matchKey(rule, change), byClock: false, at};
  const drawer = scene.shelf.at(shard);
  const standing = ledgerStateOf(drawer, emission.key, at);
  if (standing.kind === 'unfinished' && !scene.recorder.isTouched(emission.key)) {
    goOn(scene, emission);
    return;
  }
  if (standing.kind !== 'new') {
    scene.recorder.note(emission, {why: standing.kind === 'superseded' ? 'superseded' : 'duplicate'});
    return;
  }
  const incident = drawer.incidents.get(subjectOf({...change, rule: rule.name}));
  if (incident !== undefined && at < incident.at) scene.recorder.note(emission, {why: 'stale'});
  else if (hasIncident(rule)) advance(scene, {...emission, incident}, verdict);
  else alone(scene, emission, incident);
  scene.recorder.file(emission);
}

/** A rule without a bad state has no incidents. Only the time of its script is kept, for the cooldown. */
function alone(scene: Scene, emission: Emission, incident: Incident | undefined): void {
  const {rule, change} = emission;
  const facts = scene.factsOf(emission, incident);
  const {muted, destinations, inhibitedBy} = facts;
  const held = inhibitedBy !== undefined ? 'inhibited' : muted.length > 0 ? 'muted' : undefined;
  if (rule.notify !== undefined && held === undefined) {
    scene.recorder.effects(emission, [{kind: 'notify', topic: 'firing', to: destinations}]);
  } else if (rule.notify !== undefined && held !== undefined) {
    scene.recorder.note(emission, {why: held, instead: 'notification', mutes: muted});
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
    scene.shelf.put(emission.shard, subjectOf(after), {...after, at: emission.at, run: facts.run});
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
  const incident = catchUp(scene, emission, facts);
  if (isMissing(rule, incident, from)) scene.recorder.note(emission, {why: 'missing-between'});
  const isOpen = incident !== undefined && incident.state !== 'closed';
  const isDeleted = change.action === 'DELETE' && isOpen;
  const step = matched ? match(incident, facts) : isDeleted ? remove(incident, facts) : end(incident, facts);
  scene.apply(emission, incident, step);
}

/** What was due before the change comes first. */
function catchUp(scene: Scene, emission: Emission, facts: StepFacts): Incident | undefined {
  const {incident} = emission;
  if (incident === undefined) return undefined;
  const step = tickBefore(incident, {...facts, now: Math.min(facts.at, scene.now), isReleased: false});
  if (step.incident !== incident) scene.apply({...emission, byClock: true}, incident, step);
  return step.incident;
}

/** Incidents of rules that the file no longer has. No rule could ever end them. */
function forgetOrphans(scene: Scene, {blueprint, entity}: Change): void {
  const shard = shardOf({blueprint, entity});
  const drawer = scene.input.shards.has(shard) ? scene.shelf.at(shard) : undefined;
  for (const incident of [...(drawer?.incidents.values() ?? [])]) {
    const isOfEntity = incident.blueprint === blueprint && incident.entity === entity;
    if (isOfEntity && !scene.input.rules.byName.has(incident.rule)) scene.keep(shard, incident, undefined);
  }
}

/** A number past a threshold changes between two events that the rule sees. The value of a `to` rule does not. */
function isMissing({to}: Rule, incident: Incident | undefined, from: unknown): boolean {
  if (to === undefined || incident?.value === undefined) return false;
  return incident.value !== from;
}
