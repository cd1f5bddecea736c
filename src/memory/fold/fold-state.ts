/** Memory: the state of one fold: its input, the shards as they change, and the recorded effects. */
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
import {type ReactionSource, Recorder} from './recorder.ts';
import type {FoldStep, StepFacts} from './step.ts';
import {storedFacts} from './synthetic-change.ts';
import {type RereadState, withDue} from './timers.ts';
import {WorkingShards} from './working-shards.ts';

export interface FoldInput {
  readonly rules: Rules;
  /** In the order in which the changes are handled. Empty if only the clock runs. */
  readonly decisions: readonly Decision[];
  /** All shards of {@link shardsFor}. Timers are checked in all of them. */
  readonly shards: Shards;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** `<run id>/<attempt>` */
  readonly run: string;
  /** The names of the configured Slack destinations. Absent if they are unknown. */
  readonly known?: readonly string[] | undefined;
  /** The current state of entities whose pending incident is due, by the incident's ID. A missing entity counts as `firing`. */
  readonly reread?: ReadonlyMap<string, RereadState>;
}

/** The rule of an incident. Undefined if the file no longer contains it, or if the rule now has another blueprint. */
export function ruleFor({byName}: Rules, {rule, blueprint}: Incident): Rule | undefined {
  const found = byName.get(rule);
  return found?.blueprint === blueprint && hasIncident(found) ? found : undefined;
}

/** The silence of the incident, as text, if it is active. */
function activeSilences(incident: Incident | undefined, now: number): string[] {
  return incident !== undefined && isSilenced(incident, now) ? [`the silence of ${incident.silence?.by}`] : [];
}

/** Changes in place while {@link fold} runs. Used only within the fold. */
export class FoldState {
  readonly input: FoldInput;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly workingShards: WorkingShards;
  readonly recorder: Recorder;
  #mutes: readonly Mute[] | undefined;

  constructor(input: FoldInput) {
    this.input = input;
    this.now = Math.floor(input.nowMs / 1000);
    this.workingShards = new WorkingShards(input.shards);
    this.recorder = new Recorder(this.workingShards, this.now, input.run);
  }

  /** @param incident the incident that takes the step, if it already exists */
  factsOf({rule, change, at}: Pick<ReactionSource, 'rule' | 'change' | 'at'>, incident?: Incident): StepFacts {
    const {rules, nowMs, known, run} = this.input;
    this.#mutes ??= mutesAt(rules, nowMs);
    const {mutes, undecided} = mutesOf(this.#mutes, rule, change);
    const transition = rule.property === undefined ? {} : {transition: transitionOf(change, rule.property)};
    const inhibitedBy =
      rules.inhibit.length === 0 ? undefined : inhibitorOf(rules, {rule, change}, this.workingShards.toShards());
    return {
      rule,
      at: Math.floor(at / 1000),
      now: this.now,
      run,
      destinations:
        rule.notify === undefined ? [] : routeMatch(rules.routes, {rule, change, ...transition}, known).destinations,
      muted: [...mutes.map(({by}) => by), ...activeSilences(incident, this.now)],
      stopsScripts:
        rules.leftOut.mayForbidRemediations !== undefined ||
        [...mutes, ...undecided.map(({mute}) => mute)].some(({stopsRemediations}) => stopsRemediations),
      inhibitedBy,
    };
  }

  /** A new incident that starts with the change. */
  begin({name, ...rule}: Rule, change: Change): Incident {
    const {blueprint, entity} = change;
    const at = Date.parse(change.at);
    const {to} = transitionOf(change, rule.property ?? '');
    return {
      id: incidentId({rule: name, blueprint, entity, at}, id => this.workingShards.isTaken(id)),
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
      ...storedFacts(this.input.rules, change, to),
    };
  }

  /** Stores the incident after the step, and records the step's effects. */
  apply(source: ReactionSource, before: Incident | undefined, {incident, effects}: FoldStep): void {
    if (before !== undefined || incident !== undefined) this.keep(source.shard, before, incident);
    this.recorder.effects({...source, before, incident}, effects);
  }

  keep(shard: number, before: Incident | undefined, incident: Incident | undefined): void {
    const subject = incident ?? before;
    if (subject === undefined || incident === before) return;
    this.workingShards.put(
      shard,
      subjectOf(subject),
      incident && withDue(incident, ruleFor(this.input.rules, incident)),
    );
  }
}
