/** Describe: verdicts → words, for those who show them: the reason, and every condition with both values. Pure. */

import {showValue} from '../base/text.ts';
import type {Change} from '../change/change.ts';
import {isDrill} from '../change/drill.ts';
import type {Rule, Rules} from '../rules/rules.ts';
import {
  ACTION_WORDS,
  BLUEPRINT,
  type ConditionKind,
  type ConditionName,
  conditionsOf,
  type Question,
} from './conditions.ts';
import {type Decision, ruleOf, type Verdict} from './evaluate.ts';
import {lookalikeHint} from './lookalike.ts';
import {showSide} from './show-side.ts';
import {ChangeView} from './view.ts';

/** One condition of a rule for one change. `expected` and `actual` are JSON values. */
export interface Condition {
  readonly condition: ConditionName;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly held: boolean;
  /** Whether it holds is not known, because a value was cut from the payload. `held` is false then. */
  readonly unknown?: true;
  /** What the author may have meant, if the values differ only in letter case or in invisible characters. */
  readonly hint?: string;
}

/** A verdict in words. Plain data. */
export interface DescribedVerdict {
  readonly rule: string;
  readonly matched: boolean;
  readonly undecided: boolean;
  /** A sentence for people: the condition that decided, with both values. */
  readonly reason: string;
  readonly conditions: readonly Condition[];
  /** Whether the change ends the rule's incident is not known: the value was cut from the payload. */
  readonly mayEnd?: true;
}

/** A decision in words. Plain data. */
export interface DescribedDecision {
  readonly change: Change;
  /** Of the rules that watch the change's blueprint, in the order of the file. */
  readonly watching: readonly DescribedVerdict[];
  /** Of all rules, in the order of the file: those that watch other blueprints say so. */
  readonly verdicts: readonly DescribedVerdict[];
}

/** The verdicts that could not be reached: they are reported, never passed over. */
export function undecidedIn(decisions: readonly DescribedDecision[]): {change: Change; verdict: DescribedVerdict}[] {
  return decisions.flatMap(({change, watching}) =>
    watching.flatMap(verdict => {
      if (verdict.undecided) return [{change, verdict}];
      return verdict.mayEnd ? [{change, verdict: {...verdict, reason: MAY_END}}] : [];
    }),
  );
}

const MAY_END =
  'whether the incident is over is not known, because the value was cut from the payload or has too many digits';

/** The words for all decisions. What rules say about blueprints that they do not watch is worded once for each blueprint. */
export function describeDecisions(rules: Rules, decisions: readonly Decision[]): DescribedDecision[] {
  const byBlueprint = new Map<string, readonly DescribedVerdict[]>();
  return decisions.map(({change, watching}) => {
    const view = new ChangeView(change);
    const own = watching.map(verdict => describeFor(ruleOf(rules, verdict), verdict, view));
    const key = isDrill(change) ? DRILL : change.blueprint;
    const declines = byBlueprint.get(key) ?? rules.rules.map(rule => decline(rule, view));
    byBlueprint.set(key, declines);
    const left = own.values();
    const verdicts = rules.rules.map((rule, index) => (isWatching(rule, change) ? left.next().value : declines[index]));
    return {change, watching: own, verdicts: verdicts.filter(verdict => verdict !== undefined)};
  });
}

function isWatching(rule: Rule, change: Change): boolean {
  return rule.blueprint === change.blueprint && !isDrill(change);
}

const DRILL = 'a drill matches no rule';

/** Only that the rule watches another blueprint: its other conditions were not asked. */
function decline(rule: Rule, view: ChangeView): DescribedVerdict {
  const question = questionOf(rule, view);
  const [condition, reason] = describeCondition(BLUEPRINT, question);
  const verdict = {rule: rule.name, matched: false, undecided: false};
  if (isDrill(view.change)) return {...verdict, reason: DRILL, conditions: [{...condition, held: false}]};
  return {...verdict, reason, conditions: [condition]};
}

function describeFor(rule: Rule, {matched, undecided, decidedBy, ends}: Verdict, view: ChangeView): DescribedVerdict {
  const question = questionOf(rule, view);
  const described = conditionsOf(rule).map(kind => describeCondition(kind, question));
  const decisive = described.find(([{condition}]) => condition === decidedBy);
  const [, reason] = decisive ?? [undefined, matchReason(question)];
  const conditions = described.map(([condition]) => condition);
  const more = ends === 'undecided' ? {mayEnd: true as const} : {};
  return {rule: rule.name, matched, undecided, reason, conditions, ...more};
}

/** The reason of a verdict alone, for those who do not show the conditions. */
export function reasonOf(rule: Rule, {decidedBy}: Verdict, change: Change): string {
  const question = questionOf(rule, new ChangeView(change));
  const decisive = conditionsOf(rule).find(({name}) => name === decidedBy);
  return decisive === undefined ? matchReason(question) : describeCondition(decisive, question)[1];
}

function questionOf(rule: Rule, view: ChangeView): Question {
  return {rule, view, transition: view.transitionOf(rule.property)};
}

/** The condition, and the sentence that says why it does not hold. */
function describeCondition(kind: ConditionKind, question: Question): [Condition, string] {
  const held = kind.holds(question);
  const {expected, actual, reason, wanted = []} = kind.describe(question);
  const hint = held === false ? lookalikeHint(actual, wanted) : undefined;
  const condition = {
    condition: kind.name,
    expected,
    actual,
    held: held === true,
    ...(held === undefined ? {unknown: true as const} : {}),
    ...(hint === undefined ? {} : {hint}),
  };
  return [condition, hint === undefined ? reason : `${reason}: ${hint}`];
}

function matchReason({rule, view: {change}, transition}: Question): string {
  if (transition === undefined || change.action === 'TIMER_EXPIRED') return describeAction(change, rule.property);
  return `${transition.property} went from ${showSide(transition.from)} to ${showSide(transition.to)}`;
}

/** What happened to the entity, for a rule that names no property. */
export function describeAction(change: Change, property?: string): string {
  if (change.action !== 'TIMER_EXPIRED') return `the entity was ${ACTION_WORDS[change.action]}`;
  const timer = change.timer ?? property;
  return timer === undefined ? 'a timer of the entity expired' : `the timer ${showValue(timer)} expired`;
}
