/** Reconcile: every entry of the audit log → what became of it. Pure but for its own counts. */
import {createHash} from 'node:crypto';
import {canonicalJson} from '../base/json.ts';
import type {Change} from '../change/change.ts';
import type {AuditEntry} from '../clients/audit-log.ts';
import {evaluate, ruleOf} from '../decide/evaluate.ts';
import type {Standing} from '../memory/accounting.ts';
import {shardOf} from '../memory/format/keys.ts';
import {isRemembered} from '../memory/remembered.ts';
import type {Rule, Rules} from '../rules/rules.ts';

export interface AccountFacts {
  readonly rules: Rules;
  readonly standingOf: (rule: Rule, change: Change) => Standing;
  /** By name, what the rules of the last round were; and until when that round has accounted for everything. */
  readonly before?: {readonly rules: Readonly<Record<string, string>>; readonly lastMs: number} | undefined;
}

/** What is left out of the sum of the changes. */
export interface UnreadableChange {
  readonly identifier: string;
  readonly reason: string;
}

export class Account {
  irrelevant = 0;
  handled = 0;
  superseded = 0;
  /** In the order of the audit log: a run would react to them, and none is known to have. */
  readonly undecided: Change[] = [];
  readonly unreadable: UnreadableChange[] = [];
  /** A rule cannot be asked, because its expression fails: a sentence each. */
  readonly unclear: string[] = [];
  readonly facts: AccountFacts;
  readonly #digests: Readonly<Record<string, string>>;
  readonly #handled = new Set<string>();
  readonly #superseded = new Map<string, Change>();

  constructor(facts: AccountFacts) {
    this.facts = facts;
    this.#digests = digestsOf(facts.rules);
  }

  take(entry: AuditEntry): void {
    if (entry.kind === 'unreadable') this.unreadable.push(entry);
    else if (entry.kind === 'not-a-change') this.irrelevant++;
    else this.#takeChange(entry.change);
  }

  /** Whether a run is known to have decided on the change, whoever reported it. */
  isHandled(change: Change): boolean {
    return this.#handled.has(nameOf(change));
  }

  /** Whether the change would not react any more. @param id its id in the audit log */
  isSuperseded(id: string): boolean {
    return this.#superseded.has(id);
  }

  /** How many superseded changes belong to one of these shards of the memory. */
  supersededIn(shards: ReadonlySet<number>): number {
    return [...this.#superseded.values()].filter(change => shards.has(shardOf(change))).length;
  }

  #takeChange(change: Change): void {
    const standings = this.#standingsOf(change);
    if (standings.includes('new')) {
      this.undecided.push(change);
    } else if (standings.includes('handled')) {
      this.handled++;
      this.#handled.add(nameOf(change));
    } else if (standings.includes('superseded')) {
      this.superseded++;
      this.#superseded.set(change.id, change);
    } else this.irrelevant++;
  }

  /** To the rules that it concerns. */
  #standingsOf(change: Change): Standing[] {
    const {rules, standingOf} = this.facts;
    return evaluate(rules, change).flatMap(verdict => {
      const rule = ruleOf(rules, verdict);
      if (verdict.undecided || verdict.ends === 'undecided') this.#unclear(rule, change);
      if (!isRemembered(verdict)) return [];
      const standing = standingOf(rule, change);
      return standing === 'new' && !this.#wasInForce(rule, change) ? [] : [standing];
    });
  }

  #unclear({name}: Rule, {entity, at}: Change): void {
    this.unclear.push(`${name} could not be decided for ${entity}, changed at ${at}`);
  }

  /** A rule that is new, or matches something else now, does not react to what was accounted for without it. */
  #wasInForce({name}: Rule, {at}: Change): boolean {
    const {before} = this.facts;
    return before === undefined || before.rules[name] === this.#digests[name] || Date.parse(at) > before.lastMs;
  }
}

/** The same for the automation's event as for the entry of the audit log: no id links the two. */
function nameOf({blueprint, entity, action, at}: Change): string {
  return JSON.stringify([blueprint, entity, action, Date.parse(at)]);
}

/** By name, a digest of what each rule matches. */
export function digestsOf({rules}: Rules): Record<string, string> {
  return Object.fromEntries(rules.map(rule => [rule.name, digestOf(rule)]));
}

function digestOf({blueprint, on, property, from, to, above, below, clear, if: condition}: Rule): string {
  const text = canonicalJson([blueprint, on, property, from, to, above, below, clear, condition?.source]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** What automation runs say about changes: whether one was closed with a link to a run of ours, and by which change. */
export function sameChange(a: Change, b: Change): boolean {
  return nameOf(a) === nameOf(b);
}
