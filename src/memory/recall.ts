/**
 * Memory: the fold `(rules, decisions, memory, now) → {reactions, next}`. Pure: the same arguments give the same result.
 *
 * 1. `shardsFor` says which shards a run needs; nothing matched and nothing ended: none, and no call is made.
 * 2. `recall` decides with what was read. `next` is the memory as it must be written *before* a script is started: messages
 *    are `todo`, scripts `started`, and the incidents have taken their steps.
 * 3. The action acts on `tell` and `run`, and reports `note`.
 * 4. `settle` (settle.ts) puts the outcomes into `next`: that is the memory to be written afterwards. `merge` (merge.ts)
 *    joins it with what somebody else wrote meanwhile.
 * Rule tests, `explain` and `backtest` keep the shards in a variable: `emptyShards`, then `recall` and `settleAll` by turns.
 */
import type {Change} from '../change/change.ts';
import {transitionOf} from '../change/transition.ts';
import {type Decision, ruleOf, type Verdict} from '../decide/evaluate.ts';
import {type Mute, mutesAt, mutesOf} from '../decide/mute.ts';
import {routeMatch} from '../decide/route.ts';
import {hasIncident, type Rule, type Rules} from '../rules/rules.ts';
import {end, match, remove} from './advance.ts';
import {attempt} from './attempt.ts';
import {emptyMemory, type Incident, type Shards, type Unfinished} from './format.ts';
import {inhibitorOf, inhibitorShards, isReleased} from './inhibit.ts';
import {incidentId, keyOf, SHARDS, shardOf, subjectOf} from './keys.ts';
import {scriptIn, standingOf, unsentOf} from './ledger.ts';
import {fit, forget} from './limits.ts';
import type {Reaction} from './reactions.ts';
import {type Emission, Recorder} from './recorder.ts';
import {Shelf, unfinishedIn} from './shelf.ts';
import {learn, standIn} from './stand-in.ts';
import {audienceOf, type Facts, type Step} from './step.ts';
import {dueOf, isOver, type Reread, tick, tickBefore, withDue} from './timers.ts';

export interface RecallInput {
  readonly rules: Rules;
  /** In the order in which they are to be taken; none when the clock alone acts. */
  readonly decisions: readonly Decision[];
  /** All that {@link shardsFor} names. Timers are looked at in every one of them. */
  readonly shards: Shards;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** `<run id>/<attempt>` */
  readonly run: string;
  /** The names of the Slack destinations that are configured; absent if nobody can tell. */
  readonly known?: readonly string[] | undefined;
  /** What was read of the entities that {@link toReread} names, by the incident's id. What is not there counts as bad. */
  readonly reread?: ReadonlyMap<string, Reread>;
}

export interface Recalled {
  readonly reactions: readonly Reaction[];
  readonly next: Shards;
  /** The shards that must be written. */
  readonly changed: readonly number[];
}

/** All shards, without anything in them. `horizon` is 0: rule tests and replays take changes of any time. */
export function emptyShards(): Shards {
  return new Map(Array.from({length: SHARDS}, (_, shard) => [shard, {...emptyMemory(shard, 0)}]));
}

/** The shards of what matched or ended, and of the incidents that could hold it back. */
export function shardsFor(rules: Rules, decisions: readonly Decision[]): number[] {
  const shards = decisions.flatMap(({change, watching}) =>
    watching
      .filter(isRemembered)
      .flatMap(verdict => [shardOf(change), ...inhibitorShards(rules, ruleOf(rules, verdict), change)]),
  );
  return [...new Set(shards)].toSorted((a, b) => a - b);
}

/** Incidents that open now if their entity is still bad: to be read again before {@link recall}. */
export function toReread({rules, shards, nowMs}: Pick<RecallInput, 'rules' | 'shards' | 'nowMs'>): Incident[] {
  const now = Math.floor(nowMs / 1000);
  return [...shards.values()].flatMap(({incidents}) =>
    incidents.filter(incident => {
      const rule = ruleFor(rules, incident);
      return incident.state === 'pending' && rule !== undefined && (dueOf(incident, rule) ?? now + 1) <= now;
    }),
  );
}

export function recall(input: RecallInput): Recalled {
  const run = new Recall(input);
  for (const decision of input.decisions) run.take(decision);
  run.sweep();
  run.lookAtClock();
  return run.result();
}

function isRemembered({matched, ends}: Verdict): boolean {
  return matched || ends === 'ended';
}

function ruleFor({byName}: Rules, {rule, blueprint}: Incident): Rule | undefined {
  const found = byName.get(rule);
  return found?.blueprint === blueprint && hasIncident(found) ? found : undefined;
}

class Recall {
  readonly #input: RecallInput;
  readonly #now: number;
  readonly #shelf: Shelf;
  readonly #recorder: Recorder;
  #mutes: readonly Mute[] | undefined;

  constructor(input: RecallInput) {
    this.#input = input;
    this.#now = Math.floor(input.nowMs / 1000);
    this.#shelf = new Shelf(input.shards);
    this.#recorder = new Recorder(this.#shelf, this.#now, input.run);
  }

  take({change, watching}: Decision): void {
    for (const verdict of watching) if (isRemembered(verdict)) this.#takeVerdict(change, verdict);
    if (change.action === 'DELETE') this.#forgetOrphans(change);
  }

  #takeVerdict(change: Change, verdict: Verdict): void {
    const rule = ruleOf(this.#input.rules, verdict);
    const shard = shardOf(change);
    const at = Date.parse(change.at);
    const emission: Emission = {rule, change, shard, key: keyOf(rule, change), byClock: false, at};
    const drawer = this.#shelf.at(shard);
    const standing = standingOf(drawer, emission.key, at);
    if (standing.kind === 'unfinished' && !this.#recorder.isTouched(emission.key)) {
      this.#goOn(emission);
      return;
    }
    if (standing.kind !== 'new') {
      this.#recorder.note(emission, {why: standing.kind === 'superseded' ? 'superseded' : 'duplicate'});
      return;
    }
    const incident = drawer.incidents.get(subjectOf({...change, rule: rule.name}));
    if (incident !== undefined && at < incident.at) this.#recorder.note(emission, {why: 'stale'});
    else if (hasIncident(rule)) this.#advance(emission, verdict, incident);
    else this.#alone(emission, incident);
    this.#recorder.file(emission);
  }

  /** A rule without a bad side: each match stands alone. All that is kept is when its script ran, for the cooldown. */
  #alone(emission: Emission, incident: Incident | undefined): void {
    const {rule, change} = emission;
    const facts = this.#factsOf(emission);
    const {muted, destinations, inhibitedBy} = facts;
    const held = inhibitedBy !== undefined ? 'inhibited' : muted.length > 0 ? 'muted' : undefined;
    if (rule.notify !== undefined && held === undefined) {
      this.#recorder.effects(emission, [{kind: 'tell', told: 'firing', to: destinations}]);
    } else if (rule.notify !== undefined && held !== undefined) {
      this.#recorder.note(emission, {why: held, instead: 'notification', mutes: muted});
    }
    if (rule.remediate === undefined) return;
    if (inhibitedBy !== undefined) {
      this.#recorder.note(emission, {why: 'inhibited', instead: 'remediation'});
      return;
    }
    const before: Incident = {...(incident ?? this.#begin(rule, change)), attempts: 0};
    const {incident: after, effects} = attempt({...before, state: 'closed', closed: facts.at}, facts);
    this.#recorder.effects(emission, effects);
    if (rule.remediate.cooldownMs !== undefined && effects.some(({kind}) => kind === 'run')) {
      this.#shelf.put(emission.shard, subjectOf(after), {...after, at: emission.at, run: facts.run});
    }
  }

  #advance(emission: Emission, verdict: Verdict, known: Incident | undefined): void {
    const {rule, change} = emission;
    const {from, to} = transitionOf(change, rule.property ?? '');
    const facts = this.#factsOf(emission);
    const incident = this.#catchUp(emission, facts, known);
    if (isMissing(rule, incident, from)) this.#recorder.note(emission, {why: 'missing-between'});
    const learned = learn(change, to);
    const isDeleted = change.action === 'DELETE' && !verdict.matched;
    const step = verdict.matched
      ? match(incident, learned, facts, () => this.#begin(rule, change))
      : isDeleted && incident !== undefined && incident.state !== 'closed'
        ? remove(incident, learned, facts)
        : end(incident, learned, facts);
    this.#apply(emission, incident, step);
  }

  /** What was due before the change comes first. */
  #catchUp(emission: Emission, facts: Facts, incident: Incident | undefined): Incident | undefined {
    if (incident === undefined) return undefined;
    const step = tickBefore(incident, {...facts, now: Math.min(facts.at, this.#now), isReleased: false});
    if (step.incident !== incident) this.#apply({...emission, byClock: true}, incident, step);
    return step.incident;
  }

  #begin({name, ...rule}: Rule, change: Change): Incident {
    const {blueprint, entity} = change;
    const at = Date.parse(change.at);
    const {to} = transitionOf(change, rule.property ?? '');
    return {
      id: incidentId({rule: name, blueprint, entity, at}, id => this.#shelf.isTaken(id)),
      rule: name,
      blueprint,
      entity,
      state: 'pending',
      since: Math.floor(at / 1000),
      attempts: 0,
      escalated: 0,
      turns: [],
      told: {},
      run: this.#input.run,
      ...learn(change, to),
    };
  }

  /** Another run began to act on the same key: what it left is done now, and nothing else. */
  #goOn(emission: Emission): void {
    const {rule, shard, key, change} = emission;
    const drawer = this.#shelf.at(shard);
    const entry = unfinishedIn(drawer, key);
    if (entry === undefined) return;
    const subject = subjectOf({...change, rule: rule.name});
    const incident = drawer.incidents.get(subject);
    const at = {...emission, before: incident, incident};
    const unsent = unsentOf(entry, this.#now, this.#input.run);
    this.#sendAgain(at, entry, unsent);
    const script = scriptIn(entry, rule, this.#now, this.#input.run);
    if (script === 'unknown') this.#recorder.unknown(at, entry, this.#concerned(rule, incident, emission));
    if (script === 'failed') this.#tryAgain(at, incident);
    if (unsent.length === 0 && script !== 'unknown' && script !== 'failed') {
      this.#recorder.note(at, {why: 'duplicate', run: entry.run});
    }
  }

  /** Who hears of a beginning only now, when it is over, hears of the end as well. */
  #sendAgain(emission: Emission, entry: Unfinished, unsent: readonly string[]): void {
    const {rule, incident} = emission;
    if (unsent.length === 0) return;
    this.#recorder.again(emission, entry, unsent);
    const isBeginning = entry.told === 'firing' || entry.told === 'reopened' || entry.told === 'update';
    if (!isBeginning || incident?.closed === undefined || incident.id !== entry.incident) return;
    if (rule.notify === undefined || rule.notify.recovery === false || incident.flapping !== undefined) return;
    const seconds = Math.max(0, incident.closed - incident.since);
    this.#recorder.effects(emission, [{kind: 'tell', told: 'recovered', to: unsent, due: incident.closed, seconds}]);
  }

  /** A script that failed, if its incident is still open: cooldown and attempts hold for it too. */
  #tryAgain(emission: Emission, incident: Incident | undefined): void {
    const {rule, change, shard} = emission;
    if (hasIncident(rule) && incident?.state !== 'open') {
      this.#recorder.note(emission, {why: 'over', instead: 'remediation'});
      return;
    }
    const before = incident ?? this.#begin(rule, change);
    const step = attempt(before, this.#factsOf(emission));
    const after: Incident = {...step.incident, run: this.#input.run};
    this.#recorder.effects({...emission, before: incident, incident: incident && after}, step.effects);
    if (incident !== undefined) this.#keep(shard, incident, after);
  }

  /** Who hears that a script's outcome is not known: those who heard of the incident, and the first escalation. */
  #concerned(rule: Rule, incident: Incident | undefined, emission: Emission): string[] {
    if (rule.notify === undefined) return [];
    const heard = incident === undefined ? this.#factsOf(emission).destinations : audienceOf(incident);
    return [...heard, ...(rule.notify.escalate?.[0]?.slack ?? [])];
  }

  /** What runs that died left behind. */
  sweep(): void {
    const {rules, run} = this.#input;
    for (const shard of this.#shelf.numbers) {
      const drawer = this.#shelf.at(shard);
      const byId = new Map([...drawer.incidents.values()].map(incident => [incident.id, incident]));
      for (const [key, entry] of Object.entries(drawer.memory.unfinished)) {
        const incident = byId.get(entry.incident ?? '');
        const rule = incident && rules.byName.get(incident.rule);
        if (incident === undefined || rule === undefined || this.#recorder.isTouched(key)) continue;
        const at = (entry.at ?? entry.t) * 1000;
        const emission = {
          rule,
          change: standIn(incident, rule),
          shard,
          key,
          byClock: true,
          at,
          before: incident,
          incident,
        };
        const unsent = unsentOf({...entry, notify: onlyTodo(entry.notify)}, this.#now, run);
        this.#sendAgain(emission, entry, unsent);
        if (entry.unknown !== true && scriptIn(entry, rule, this.#now, run) === 'unknown') {
          this.#recorder.unknown(emission, entry, this.#concerned(rule, incident, emission));
        }
      }
    }
  }

  lookAtClock(): void {
    const {rules, reread} = this.#input;
    for (const shard of this.#shelf.numbers) {
      for (const incident of [...this.#shelf.at(shard).incidents.values()]) {
        const rule = ruleFor(rules, incident);
        if (rule === undefined || !needsClock(incident, rule, this.#now)) continue;
        const emission = {rule, change: standIn(incident, rule), shard, key: '', byClock: true, at: incident.at};
        const facts = {
          ...this.#factsOf(emission),
          at: this.#now,
          ...(incident.route === undefined ? {} : {destinations: incident.route}),
          inhibitedBy: undefined,
          reread: reread?.get(incident.id),
          isReleased: incident.inhibitedBy !== undefined && isReleased(incident, this.#shelf.toShards()),
        };
        this.#apply(emission, incident, tick(incident, facts));
      }
    }
  }

  #apply(emission: Emission, before: Incident | undefined, {incident, effects}: Step): void {
    if (before !== undefined || incident !== undefined) this.#keep(emission.shard, before, incident);
    this.#recorder.effects({...emission, before, incident}, effects);
  }

  #keep(shard: number, before: Incident | undefined, incident: Incident | undefined): void {
    const subject = incident ?? before;
    if (subject === undefined || incident === before) return;
    this.#shelf.put(shard, subjectOf(subject), incident && withDue(incident, ruleFor(this.#input.rules, incident)));
  }

  /** Of rules that the file no longer has: no rule could ever end them. */
  #forgetOrphans({blueprint, entity}: Change): void {
    const shard = shardOf({blueprint, entity});
    const drawer = this.#input.shards.has(shard) ? this.#shelf.at(shard) : undefined;
    for (const incident of [...(drawer?.incidents.values() ?? [])]) {
      const isOfEntity = incident.blueprint === blueprint && incident.entity === entity;
      if (isOfEntity && !this.#input.rules.byName.has(incident.rule)) this.#keep(shard, incident, undefined);
    }
  }

  #factsOf({rule, change, at}: Pick<Emission, 'rule' | 'change' | 'at'>): Facts {
    const {rules, nowMs, known, run} = this.#input;
    this.#mutes ??= mutesAt(rules, nowMs);
    const {mutes, undecided} = mutesOf(this.#mutes, rule, change);
    const transition = rule.property === undefined ? {} : {transition: transitionOf(change, rule.property)};
    const inhibitedBy =
      rules.inhibit.length === 0 ? undefined : inhibitorOf(rules, rule, change, this.#shelf.toShards());
    return {
      rule,
      at: Math.floor(at / 1000),
      now: this.#now,
      run,
      destinations:
        rule.notify === undefined ? [] : routeMatch(rules.routes, {rule, change, ...transition}, known).destinations,
      muted: mutes.map(({by}) => by),
      stopsScripts: [...mutes, ...undecided.map(({mute}) => mute)].some(({stopsRemediations}) => stopsRemediations),
      inhibitedBy,
    };
  }

  result(): Recalled {
    const {rules, shards} = this.#input;
    const now = this.#shelf.toShards();
    const changed = [...now].filter(([shard, memory]) => memory !== shards.get(shard)).map(([shard]) => shard);
    const over = (incident: Incident) => isOver(incident, rules.byName.get(incident.rule), this.#now);
    const next = new Map(
      [...now].map(([shard, memory]) => [
        shard,
        changed.includes(shard) ? fit(forget(memory, this.#now, over)) : memory,
      ]),
    );
    return {reactions: this.#recorder.reactions(now), next, changed};
  }
}

/** Values of a threshold change between two events that the rule hears of; those of `to` do not. */
function isMissing({to}: Rule, incident: Incident | undefined, from: unknown): boolean {
  if (to === undefined || incident?.value === undefined) return false;
  return incident.value !== from;
}

function needsClock(incident: Incident, rule: Rule, now: number): boolean {
  if (incident.state === 'open' && (incident.muted !== undefined || incident.inhibitedBy !== undefined)) return true;
  return (dueOf(incident, rule) ?? now + 1) <= now;
}

/** What failed is left to a re-run; what nobody sent is not. */
function onlyTodo(notify: Readonly<Record<string, string>> = {}): Record<string, 'todo'> {
  return Object.fromEntries(
    Object.keys(notify)
      .filter(name => notify[name] === 'todo')
      .map(name => [name, 'todo']),
  );
}
