/** Simulates one entity with given rules, on a virtual clock in minutes. Collects messages, script runs and notes. */
import type {Change} from '../../src/change/change.ts';
import {decide} from '../../src/decide/evaluate.ts';
import {acknowledge} from '../../src/memory/acknowledge.ts';
import {applyCommand, type Command} from '../../src/memory/apply-command.ts';
import {emptyShards, fold} from '../../src/memory/fold/fold.ts';
import type {Shards} from '../../src/memory/format/format.ts';
import type {Reaction} from '../../src/memory/reactions.ts';
import {settleAll} from '../../src/memory/settle.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import type {Rules} from '../../src/rules/rules.ts';
import {aChange, type ChangeOptions} from '../helpers/values/a-change.ts';

const START = Date.parse('2026-11-20T12:00:00.000Z');
export const minutes = (count: number) => START + count * 60_000;

/** One rule named `r` over property `p` of blueprint `b`, which notifies. */
export function oneRule(keys: string): Rules {
  const notify = keys.includes('notify:') ? '' : ', notify: true';
  return parseRules(`version: 1\nrules:\n  - {name: r, blueprint: b, property: p, ${keys}${notify}}`, 'rules.yml');
}

export class Simulation {
  readonly rules: Rules;
  shards: Shards = emptyShards();
  /** All reactions so far. */
  readonly reactions: Reaction[] = [];
  #run = 0;

  constructor(rules: Rules | string) {
    this.rules = typeof rules === 'string' ? oneRule(rules) : rules;
  }

  /** Applies a change at a minute. Returns the names of its reactions. */
  change(minute: number, options: ChangeOptions): string[] {
    return this.changes(minute, [this.aChange(minute, options)]);
  }

  aChange(minute: number, options: ChangeOptions): Change {
    return aChange({
      blueprint: 'b',
      entity: 'e',
      property: 'p',
      at: new Date(minutes(minute)).toISOString(),
      ...options,
    });
  }

  changes(minute: number, changes: readonly Change[], run = `${++this.#run}/1`): string[] {
    const nowMs = minutes(minute);
    const decisions = decide(this.rules, changes);
    const {reactions, next} = fold({rules: this.rules, decisions, shards: this.shards, nowMs, run});
    this.shards = settleAll(next, reactions, nowMs);
    this.reactions.push(...reactions);
    return namesOf(reactions);
  }

  tick(minute: number): string[] {
    return this.changes(minute, []);
  }

  acknowledge(minute: number, until?: number): void {
    const at = minutes(minute) / 1000;
    const end = until === undefined ? {} : {until: minutes(until) / 1000};
    this.shards = acknowledge(this.rules, this.shards, {isSelected: () => true, by: 'jane', at, ...end}).next;
  }

  command(minute: number, name: Command['do'], until?: number) {
    const at = minutes(minute) / 1000;
    const end = until === undefined ? {} : {until: minutes(until) / 1000};
    const incident = this.incidents[0]?.id ?? 'none';
    const applied = applyCommand(this.rules, this.shards, {incident, do: name, by: 'jane', at, ...end});
    this.shards = applied.next;
    return applied.result;
  }

  get incidents() {
    return [...this.shards.values()].flatMap(({incidents}) => incidents);
  }

  get topics(): string[] {
    return this.reactions.flatMap(reaction => (reaction.kind === 'notify' ? [reaction.topic] : []));
  }

  get runs(): number {
    return this.reactions.filter(({kind}) => kind === 'run').length;
  }

  get notes(): string[] {
    return this.reactions.flatMap(reaction => (reaction.kind === 'note' ? [reaction.why] : []));
  }
}

/** The topics of messages, and `run 1` for the first start of a script. */
export function namesOf(reactions: readonly Reaction[]): string[] {
  return reactions.flatMap(reaction => {
    if (reaction.kind === 'notify') return [reaction.topic];
    return reaction.kind === 'run' ? [`run ${reaction.attempt}`] : [];
  });
}
