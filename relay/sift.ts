/** Sift: which changes go on to GitHub, and why others do not. Pure. */

import {clip, showValue} from '../src/base/text.ts';
import type {Change} from '../src/change/change.ts';
import {isDrill} from '../src/change/drill.ts';
import {type Transition, transitionOf} from '../src/change/transition.ts';
import {CONDITIONS} from '../src/decide/conditions.ts';
import {reasonOf} from '../src/decide/describe.ts';
import {evaluate, ruleOf, type Verdict} from '../src/decide/evaluate.ts';
import {isIncidentDue, portCommandsIn} from '../src/incident-view/port-commands.ts';
import {isHalfKnown, type Rule, type Rules} from '../src/rules/rules.ts';

export type Sifted =
  /** `transition`: of the first rule that matched, else of the first rule whose incident it may end, if that has a property. */
  | {readonly goesOn: true; readonly transition: Transition | undefined}
  | {readonly goesOn: false; readonly reason: string};

/** The later the deciding condition, the closer the rule was to matching. */
const NEARNESS = new Map(CONDITIONS.map(({name}, index) => [name, index]));

/** The reason is part of a log line. */
const MAX_REASON_LENGTH = 300;

/**
 * A change goes on if it matches a rule, may end an incident, cannot be decided, or may concern a rule that has mistakes. It also
 * goes on if a person asks for something at the entity that shows an incident, or that entity's timer has expired. Without rules,
 * all changes go on. A drill always does.
 * @param portClientId the relay's own client in Port. What it writes there asks for nothing.
 */
export function sift(rules: Rules | undefined, change: Change, portClientId?: string): Sifted {
  if (
    rules === undefined ||
    isDrill(change) ||
    isIncidentDue(rules, change) ||
    portCommandsIn(rules, change, portClientId).length > 0
  )
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

/** Explains only the rule that came closest to matching. To word a reason for each costs more than the decision. */
function explain(rules: Rules, verdicts: readonly Verdict[], change: Change): string {
  const [first, ...others] = verdicts;
  if (first === undefined) return `no rule watches blueprint ${showValue(change.blueprint)}`;
  const nearest = others.reduce((best, next) => (nearnessOf(next) > nearnessOf(best) ? next : best), first);
  const more = others.length === 0 ? '' : `; and ${others.length} more`;
  const reason = `${nearest.rule}: ${reasonOf(ruleOf(rules, nearest), nearest, change)}`;
  return `${clip(reason, MAX_REASON_LENGTH - more.length)}${more}`;
}

function nearnessOf({decidedBy}: Verdict): number {
  return (decidedBy && NEARNESS.get(decidedBy)) ?? 0;
}
