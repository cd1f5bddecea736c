/** Sift: which changes go on to GitHub, and why others do not. Pure. */

import {clip, showValue} from '../src/base/text.ts';
import type {Change} from '../src/change/change.ts';
import {type Transition, transitionOf} from '../src/change/transition.ts';
import {CONDITIONS} from '../src/decide/conditions.ts';
import {reasonOf} from '../src/decide/describe.ts';
import {evaluate, ruleOf, type Verdict} from '../src/decide/evaluate.ts';
import {askedInPort, isDueInPort} from '../src/incident-view/asked-in-port.ts';
import {isHalfKnown, type Rule, type Rules} from '../src/rules/rules.ts';

export type Sifted =
  /** `transition`: of the first rule that matched, else of the first rule whose incident it may end, if that has a property. */
  | {readonly goesOn: true; readonly transition: Transition | undefined}
  | {readonly goesOn: false; readonly reason: string};

/** The later the deciding condition, the closer the rule was to matching. */
const BY_NEARNESS = CONDITIONS.map(({name}) => name).toReversed();

/** The reason is part of a log line, so only a few rules are explained. */
const MAX_REASONS = 3;
const MAX_REASON_LENGTH = 300;

/**
 * A change goes on if it matches a rule, may end an incident, cannot be decided, or may concern a rule that has mistakes. It also
 * goes on if a person asks for something at the entity that shows an incident, or that entity's timer has expired. Without rules,
 * all changes go on.
 * @param portClientId the relay's own client in Port. What it writes there asks for nothing.
 */
export function sift(rules: Rules | undefined, change: Change, portClientId?: string): Sifted {
  if (rules === undefined || isDueInPort(rules, change) || askedInPort(rules, change, portClientId).length > 0)
    return {goesOn: true, transition: undefined};
  const verdicts = evaluate(rules, change);
  const match = verdicts.find(({matched}) => matched) ?? verdicts.find(({undecided}) => undecided);
  if (match !== undefined) return {goesOn: true, transition: match.transition};
  if (isHalfKnown(rules, change.blueprint)) return {goesOn: true, transition: undefined};
  const ending = verdicts.find(({ends}) => ends !== undefined);
  if (ending !== undefined) return {goesOn: true, transition: transitionIn(ruleOf(rules, ending), change)};
  return {goesOn: false, reason: explain(rules, verdicts, change)};
}

function transitionIn({property}: Rule, change: Change): Transition | undefined {
  return property === undefined ? undefined : transitionOf(change, property);
}

/** Explains only the rules that came closest to matching: wording a reason costs more than the decision. */
function explain(rules: Rules, verdicts: readonly Verdict[], change: Change): string {
  if (verdicts.length === 0) return `no rule watches blueprint ${showValue(change.blueprint)}`;
  const nearest = BY_NEARNESS.flatMap(name => verdicts.filter(({decidedBy}) => decidedBy === name)).slice(
    0,
    MAX_REASONS,
  );
  const others = verdicts.length - nearest.length;
  const reasons = nearest.map(verdict => `${verdict.rule}: ${reasonOf(ruleOf(rules, verdict), verdict, change)}`);
  return clip([...reasons, ...(others > 0 ? [`and ${others} more`] : [])].join('; '), MAX_REASON_LENGTH);
}
