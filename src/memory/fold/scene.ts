/** Memory: what a run decides with: its input, the shards as they change, and the effects that it recorded. */
import type {Change} from '../../change/change.ts';
import {transitionOf} from '../../change/transition.ts';
import type {Decision} from '../../decide/evaluate.ts';
import {type Mute, mutesAt, mutesOf} from '../../decide/mute.ts';
import {routeMatch} from '../../decide/route.ts';
import {hasIncident, type Rule, type Rules} from '../../rules/rules.ts';
import type {Incident, Shards} from '../format/format.ts';
import {incidentId, subjectOf} from '../format/keys.ts';
import {isSilenced} from '../silence.ts';
import {inhibitorOf} from './inhibit.ts';
import {type Emission, Recorder} from './recorder.ts';
import {Shelf} from './shelf.ts';
import {learn} from './stand-in.ts';
import type {FoldStep, StepFacts} from './step.ts';
import {type Reread, withDue} from './timers.ts';

export interface RecallInput {
  readonly rules: Rules;
  /** In the order in which they are handled. Empty if only the clock acts. */
  readonly decisions: readonly Decision[];
  /** All that {@link shardsFor} names. Timers are checked in all of them. */
  readonly shards: Shards;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** `<run id>/<attempt>` */
  readonly run: string;
  /** The names of the Slack destinations that are configured. Absent if they are not known. */
  readonly known?: readonly string[] | undefined;
  /** The state of entities whose pending incident is due, by the incident's id. An absent one counts as bad. */
  readonly reread?: ReadonlyMap<string, Reread>;
}

/** The rule of an incident. Undefined if the file no longer has it, or if it watches something else now. */
export function ruleFor({byName}: Rules, {rule, blueprint}: Incident): Rule | undefined {
  const found = byName.get(rule);
  return found?.blueprint === blueprint && hasIncident(found) ? found : undefined;
}

/** The name of the silence that a person has put on the incident, if it is in force. */
function silenceOf(incident: Incident | undefined, now: number): string[] {
  return incident !== undefined && isSilenced(incident, now) ? [`the silence of ${incident.silence?.by}`] : [];
}

/** Changes in place while {@link recall} runs. It never leaves it. */
export class Scene {
  readonly input: RecallInput;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly shelf: Shelf;
  readonly recorder: Recorder;
  #mutes: readonly Mute[] | undefined;

  constructor(input: RecallInput) {
    this.input = input;
    this.now = Math.floor(input.nowMs / 1000);
    this.shelf = new Shelf(input.shards);
    this.recorder = new Recorder(this.shelf, this.now, input.run);
  }

  /** @param incident the one that takes the step, if it exists already */
  factsOf({rule, change, at}: Pick<Emission, 'rule' | 'change' | 'at'>, incident?: Incident): StepFacts {
    const {rules, nowMs, known, run} = this.input;
    this.#mutes ??= mutesAt(rules, nowMs);
    const {mutes, undecided} = mutesOf(this.#mutes, rule, change);
    const transition = rule.property === undefined ? {} : {transition: transitionOf(change, rule.property)};
    const inhibitedBy =
      rules.inhibit.length === 0 ? undefined : inhibitorOf(rules, {rule, change}, this.shelf.toShards());
    return {
      rule,
      at: Math.floor(at / 1000),
      now: this.now,
      run,
      destinations:
        rule.notify === undefined ? [] : routeMatch(rules.routes, {rule, change, ...transition}, known).destinations,
      muted: [...mutes.map(({by}) => by), ...silenceOf(incident, this.now)],
      stopsScripts:
        rules.leftOut.mayForbidRemediations !== undefined ||
        [...mutes, ...undecided.map(({mute}) => mute)].some(({stopsRemediations}) => stopsRemediations),
      inhibitedBy,
    };
  }

  /** An incident that begins with the change. */
  begin({name, ...rule}: Rule, change: Change): Incident {
    const {blueprint, entity} = change;
    const at = Date.parse(change.at);
    const {to} = transitionOf(change, rule.property ?? '');
    return {
      id: incidentId({rule: name, blueprint, entity, at}, id => this.shelf.isTaken(id)),
      rule: name,
      blueprint,
      entity,
      state: 'pending',
      since: Math.floor(at / 1000),
      attempts: 0,
      escalated: 0,
      turns: [],
      told: {},
      run: this.input.run,
      firstRun: this.input.run,
      ...learn(this.input.rules, change, to),
    };
  }

  /** Keeps the incident as it is after the step, and records what the step asks for. */
  apply(emission: Emission, before: Incident | undefined, {incident, effects}: FoldStep): void {
    if (before !== undefined || incident !== undefined) this.keep(emission.shard, before, incident);
    this.recorder.effects({...emission, before, incident}, effects);
  }

  keep(shard: number, before: Incident | undefined, incident: Incident | undefined): void {
    const subject = incident ?? before;
    if (subject === undefined || incident === before) return;
    this.shelf.put(shard, subjectOf(subject), incident && withDue(incident, ruleFor(this.input.rules, incident)));
  }
}
