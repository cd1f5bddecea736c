/** Routes: the destinations that are notified about matches with given facts, as data. Pure. */
import {
  factsOfRule,
  isRuleSelected,
  type KnownFacts,
  type PossibleDestinations,
  possibleDestinations,
} from '../../decide/possible-destinations.ts';
import type {Rule, Rules} from '../../rules/rules.ts';
import {type Muting, mutingsFor} from './muting.ts';

export interface RoutesAnswer {
  readonly question: KnownFacts;
  /** The rules that have the facts, with their destinations. Rules with the same result are grouped. */
  readonly groups: readonly RuleGroup[];
  /** The result of the routes if no rule has the facts. Absent otherwise. */
  readonly withoutRule?: PossibleDestinations & {readonly mutes: readonly Muting[]};
  /** The destinations that are notified about every match of at least one rule. */
  readonly destinations: readonly string[];
  /** The destinations that are notified about some matches. */
  readonly perhaps: readonly string[];
  /** Expressions that select a destination at run time. */
  readonly lookedUp: readonly string[];
  /** Whether a message can reach a destination at all. */
  readonly isHeard: boolean;
  /** Whether an active window or silence mutes every match. */
  readonly isMuted: boolean;
}

export interface RuleGroup extends PossibleDestinations {
  readonly rules: readonly string[];
  /** False if the rules have no `notify`. They then send no message, regardless of the routes. */
  readonly notifies: boolean;
  readonly escalations: readonly {readonly afterMs: number; readonly slack: readonly string[]}[];
  readonly mutes: readonly Muting[];
}

export interface AnswerFacts {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** The configured destinations. Undefined if they are not known. */
  readonly known?: readonly string[] | undefined;
}

export function answerRoutes(rules: Rules, question: KnownFacts, {nowMs, known}: AnswerFacts): RoutesAnswer {
  const selected = rules.rules.filter(rule => isRuleSelected(rule, question));
  const groups = grouped(selected.map(rule => groupOf(rule, {rules, question, nowMs})));
  const hearings = groups.filter(({notifies}) => notifies);
  const always = unique(hearings.flatMap(one => one.always));
  const possible = unique(hearings.flatMap(one => one.perhaps)).filter(name => !always.includes(name));
  const lookedUp = unique(hearings.flatMap(one => one.lookedUp));
  const isConfigured = (name: string) => known === undefined || known.includes(name);
  const withoutRule = {
    ...possibleDestinations(rules.routes, question),
    mutes: mutingsFor(rules, question, nowMs),
  };
  return {
    question,
    groups,
    ...(selected.length === 0 ? {withoutRule} : {}),
    destinations: always,
    perhaps: possible,
    lookedUp,
    isMuted: hearings.length > 0 && hearings.every(({mutes}) => mutes.some(mutesAll)),
    isHeard: lookedUp.length > 0 || [...always, ...possible].some(isConfigured),
  };
}

function mutesAll({until, if: condition}: Muting): boolean {
  return until !== undefined && condition === undefined;
}

interface RouteQuery {
  readonly rules: Rules;
  readonly question: KnownFacts;
  readonly nowMs: number;
}

function groupOf(rule: Rule, {rules, question, nowMs}: RouteQuery): RuleGroup {
  const facts = factsOfRule(rule, question);
  const {notify} = rule;
  return {
    rules: [rule.name],
    notifies: notify !== undefined,
    ...(notify === undefined
      ? {steps: [], always: [], perhaps: [], lookedUp: []}
      : possibleDestinations(rules.routes, facts, notify.slack)),
    escalations: (notify?.escalate ?? []).map(({afterMs, slack}) => ({afterMs, slack})),
    mutes: mutingsFor(rules, facts, nowMs),
  };
}

function grouped(single: readonly RuleGroup[]): RuleGroup[] {
  const groups = new Map<string, RuleGroup>();
  for (const one of single) {
    const {rules, ...rest} = one;
    const key = JSON.stringify(rest);
    groups.set(key, {...one, rules: [...(groups.get(key)?.rules ?? []), ...rules]});
  }
  return [...groups.values()];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
