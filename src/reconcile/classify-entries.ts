/** Reconcile: classifies every entry of the audit log. */
import {createHash} from 'node:crypto';
import {canonicalJson} from '../base/json.ts';
import type {Change} from '../change/change.ts';
import type {AuditEntry} from '../clients/audit-log.ts';
import {evaluate, ruleOf} from '../decide/evaluate.ts';
import type {ChangeStatus} from '../memory/change-status.ts';
import {shardOf} from '../memory/format/keys.ts';
import {isRemembered} from '../memory/remembered.ts';
import type {Rule, Rules} from '../rules/rules.ts';

export interface ClassifierFacts {
  readonly rules: Rules;
  readonly statusOfChange: (rule: Rule, change: Change) => ChangeStatus;
  /** The last round: the digest of each rule by name, and the time up to which it accounted for every change. */
  readonly before?: {readonly rules: Readonly<Record<string, string>>; readonly lastMs: number} | undefined;
}

/** An entry that does not count as a change. */
export interface UnreadableChange {
  readonly identifier: string;
  readonly reason: string;
}

export class EntryClassifier {
  irrelevant = 0;
  handled = 0;
  superseded = 0;
  /** Changes that need a run but have no known decision, in the order of the audit log. */
  readonly undecided: Change[] = [];
  readonly unreadable: UnreadableChange[] = [];
  /** One sentence for each rule that could not be decided, because its expression failed. */
  readonly unclear: string[] = [];
  readonly facts: ClassifierFacts;
  readonly #digests: Readonly<Record<string, string>>;
  readonly #handled = new Set<string>();
  readonly #superseded = new Map<string, Change>();

  constructor(facts: ClassifierFacts) {
    this.facts = facts;
    this.#digests = digestsOf(facts.rules);
  }

  take(entry: AuditEntry): void {
    if (entry.kind === 'unreadable') this.unreadable.push(entry);
    else if (entry.kind === 'not-a-change') this.irrelevant++;
    else this.#takeChange(entry.change);
  }

  /** Whether a run has decided on the change, or on a copy of it from another source. */
  isHandled(change: Change): boolean {
    return this.#handled.has(keyOf(change));
  }

  /**
   * Whether the change is too old to cause a reaction.
   * @param id its ID in the audit log
   */
  isSuperseded(id: string): boolean {
    return this.#superseded.has(id);
  }

  /** The number of superseded changes in these shards of the memory. */
  supersededIn(shards: ReadonlySet<number>): number {
    return [...this.#superseded.values()].filter(change => shards.has(shardOf(change))).length;
  }

  #takeChange(change: Change): void {
    const statuses = this.#statusesOf(change);
    if (statuses.includes('new')) {
      this.undecided.push(change);
    } else if (statuses.includes('handled')) {
      this.handled++;
      this.#handled.add(keyOf(change));
    } else if (statuses.includes('superseded')) {
      this.superseded++;
      this.#superseded.set(change.id, change);
    } else this.irrelevant++;
  }

  /** The status of the change for each rule that it concerns. */
  #statusesOf(change: Change): ChangeStatus[] {
    const {rules, statusOfChange} = this.facts;
    return evaluate(rules, change).flatMap(verdict => {
      const rule = ruleOf(rules, verdict);
      if (verdict.undecided || verdict.ends === 'undecided') this.#unclear(rule, change);
      if (!isRemembered(verdict)) return [];
      const status = statusOfChange(rule, change);
      return status === 'new' && !this.#wasActive(rule, change) ? [] : [status];
    });
  }

  #unclear({name}: Rule, {entity, at}: Change): void {
    this.unclear.push(`${name} could not be decided for ${entity}, changed at ${at}`);
  }

  /**
   * Whether the rule existed in its current form at the time of the change. A new or edited rule does not react to changes that
   * an earlier round accounted for without it.
   */
  #wasActive({name}: Rule, {at}: Change): boolean {
    const {before} = this.facts;
    return before === undefined || before.rules[name] === this.#digests[name] || Date.parse(at) > before.lastMs;
  }
}

/** A key that is equal for an automation's event and the audit log's entry. They have no common ID. */
function keyOf({blueprint, entity, action, at}: Change): string {
  return JSON.stringify([blueprint, entity, action, Date.parse(at)]);
}

/** A digest of the conditions of each rule, by name. */
export function digestsOf({rules}: Rules): Record<string, string> {
  return Object.fromEntries(rules.map(rule => [rule.name, digestOf(rule)]));
}

function digestOf({blueprint, on, property, from, to, above, below, clear, if: condition}: Rule): string {
  const text = canonicalJson([blueprint, on, property, from, to, above, below, clear, condition?.source]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Whether both describe the same change, even if they come from different sources. */
export function sameChange(a: Change, b: Change): boolean {
  return keyOf(a) === keyOf(b);
}
