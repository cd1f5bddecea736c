/** Memory: turns effects into reactions with their keys, and into ledger entries. Used only within the fold. */
import type {Change} from '../../change/change.ts';
import type {Rule} from '../../rules/rules.ts';
import type {Incident, Shards, Topic, Unfinished} from '../format/format.ts';
import {ledgerKey} from '../format/keys.ts';
import type {NoteReaction, NotifyReaction, Reaction} from '../reactions.ts';
import {countInhibited} from './inhibit.ts';
import {ledgerTime} from './ledger.ts';
import type {Effect} from './step.ts';
import {unfinishedIn, type WorkingShards} from './working-shards.ts';

/** The source of reactions. */
export interface ReactionSource {
  readonly rule: Rule;
  readonly change: Change;
  readonly shard: number;
  /** The key of the change. Timers have separate keys. */
  readonly key: string;
  readonly byClock: boolean;
  /** The time of the change, in milliseconds since the epoch. */
  readonly at: number;
  readonly before?: Incident | undefined;
  readonly incident?: Incident | undefined;
}

type Note = Omit<NoteReaction, 'kind' | 'key' | 'shard' | 'rule' | 'change' | 'byClock' | 'before' | 'incident'>;

export class Recorder {
  readonly #workingShards: WorkingShards;
  readonly #now: number;
  readonly #run: string;
  readonly #reactions: Reaction[] = [];
  readonly #touched = new Set<string>();

  constructor(workingShards: WorkingShards, now: number, run: string) {
    this.#workingShards = workingShards;
    this.#now = now;
    this.#run = run;
  }

  /**
   * Messages count the inhibited incidents of both versions.
   * @param before the shards as they were read
   * @param after the shards at the end
   */
  reactions(before: Shards, after: Shards): Reaction[] {
    const counts = countInhibited(before, after);
    return this.#reactions.map(reaction => {
      const count = reaction.kind === 'notify' ? counts.get(reaction.incident?.id ?? '') : undefined;
      return count === undefined ? reaction : {...reaction, inhibitedCount: count};
    });
  }

  hasRecorded(key: string): boolean {
    return this.#touched.has(key);
  }

  effects(source: ReactionSource, effects: readonly Effect[]): void {
    for (const effect of effects) this.#effect(source, effect);
  }

  #effect(source: ReactionSource, effect: Effect): void {
    if (effect.kind === 'note') {
      const {kind: _, ...note} = effect;
      this.note(source, note);
      return;
    }
    if (effect.kind === 'run') {
      const key = keyFor(source, effect.due, 'run');
      this.#begin({...source, key}, {remediate: 'started'}, effect.due);
      this.#push(source, {kind: 'run', key, attempt: effect.attempt});
      return;
    }
    const {topic, to, due, mention, seconds} = effect;
    const destinations = [...new Set(to)];
    if (destinations.length === 0) return;
    const key = keyFor(source, due, topic);
    const notify = Object.fromEntries(destinations.map(name => [name, 'todo' as const]));
    this.#begin({...source, key}, {notify, told: topic}, due);
    const more = {
      ...(mention === undefined ? {} : {mention}),
      ...(seconds === undefined ? {} : {seconds}),
      ...(isRerun(this.#run) ? {mayBeRepeat: true as const} : {}),
    };
    this.#push(source, {kind: 'notify', key, topic, destinations, ...more});
  }

  note(source: ReactionSource, note: Note): void {
    this.#push(source, {kind: 'note', key: source.key, ...note});
  }

  /** Adds the change to the ledger, unless work remains. */
  file({shard, key, at}: ReactionSource): void {
    const workingShard = this.#workingShards.at(shard);
    if (unfinishedIn(workingShard, key) !== undefined) return;
    workingShard.added.set(key, ledgerTime(at));
    workingShard.isChanged = true;
  }

  /** Repeats a message that an earlier run may have sent. */
  again(source: ReactionSource, entry: Unfinished, destinations: readonly string[]): void {
    const {told = 'firing', remediate, t, run} = entry;
    const notify = Object.fromEntries(destinations.map(name => [name, 'todo' as const]));
    // The run that started a script knows more about it, and only its re-run can start it again.
    const kept = remediate === 'started' ? {t, run} : remediate === 'failed' ? {run} : {};
    this.#begin(source, {notify, told, ...kept});
    this.#push(source, {kind: 'notify', key: source.key, topic: told, destinations, mayBeRepeat: true});
  }

  /** The result of a script is unknown. The script is not started again, and one message reports it. */
  unknown(source: ReactionSource, entry: Unfinished, to: readonly string[]): void {
    this.note(source, {why: 'outcome-unknown', instead: 'remediation', run: entry.run});
    if (entry.unknown === true) return;
    const {shard, key, at} = source;
    this.#put(shard, key, {...(unfinishedIn(this.#workingShards.at(shard), key) ?? entry), unknown: true});
    this.#effect(source, {kind: 'notify', topic: 'outcome-unknown', to, due: ledgerTime(at)});
  }

  #begin({shard, key, at, incident}: ReactionSource, part: Partial<Unfinished>, due?: number): void {
    const entry = unfinishedIn(this.#workingShards.at(shard), key);
    const notify =
      entry?.notify === undefined && part.notify === undefined ? {} : {notify: {...entry?.notify, ...part.notify}};
    this.#put(shard, key, {
      ...entry,
      t: this.#now,
      run: this.#run,
      at: due ?? ledgerTime(at),
      ...(incident === undefined ? {} : {incident: incident.id}),
      ...part,
      ...notify,
    });
  }

  #put(shard: number, key: string, entry: Unfinished): void {
    const workingShard = this.#workingShards.at(shard);
    workingShard.started.set(key, entry);
    workingShard.isChanged = true;
    this.#touched.add(key);
  }

  #push({rule, change, shard, byClock, before, incident}: ReactionSource, own: Own): void {
    const common = {shard, rule, change, byClock, before, incident};
    this.#reactions.push({...common, ...own} as Reaction);
  }
}

type WithoutContext<T> = Omit<T, 'shard' | 'rule' | 'change' | 'byClock' | 'before' | 'incident'>;
type Own =
  | WithoutContext<NotifyReaction>
  | WithoutContext<NoteReaction>
  | {readonly kind: 'run'; readonly key: string; readonly attempt: number};

/**
 * The previous attempt can have ended after it sent its messages and before it recorded them.
 * @param run `<run id>/<attempt>`
 */
function isRerun(run: string): boolean {
  return Number(run.split('/')[1]) > 1;
}

/** A timer's message or script, and an additional message of a change, have separate keys. */
function keyFor({rule, change, key, at}: ReactionSource, due: number | undefined, action: Topic | 'run'): string {
  if (due === undefined && action !== 'gave-up') return key;
  const {blueprint, entity} = change;
  return ledgerKey({rule: rule.name, blueprint, entity, at: due === undefined ? at : due * 1000, action});
}
