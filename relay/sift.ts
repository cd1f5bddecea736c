/** Sift: which changes go on to GitHub, and why the others do not. Pure. */
import type {Change} from '../src/change/change.ts';
import type {Transition} from '../src/change/transition.ts';
import {evaluateBriefly, type Verdict} from '../src/decide/evaluate.ts';
import type {Rules} from '../src/rules/rules.ts';
import {clip, showValue} from '../src/text.ts';

export type Sifted =
  /** `transition` is that of the first rule that matched, where it looks at a property. */
  | {readonly goesOn: true; readonly transition: Transition | undefined}
  | {readonly goesOn: false; readonly reason: string};

/** How many rules explain themselves, and how long all of it may get: the reason is for a line of a log. */
const MAX_REASONS = 3;
const MAX_REASON_LENGTH = 300;

/** A change goes on where some rule matches it. Without rules nothing is known, so everything does. */
export function sift(rules: Rules | undefined, change: Change): Sifted {
  if (rules === undefined) return {goesOn: true, transition: undefined};
  const verdicts = evaluateBriefly(rules, change);
  const match = verdicts.find(({matched}) => matched);
  if (match !== undefined) return {goesOn: true, transition: match.transition};
  return {goesOn: false, reason: explain(verdicts, change)};
}

/** The rules that were nearest to matching come first: those of which most conditions held before one did not. */
function explain(verdicts: readonly Verdict[], change: Change): string {
  if (verdicts.length === 0) return `no rule watches blueprint ${showValue(change.blueprint)}`;
  const nearest = verdicts.toSorted((a, b) => conditionsPassed(b) - conditionsPassed(a)).slice(0, MAX_REASONS);
  const others = verdicts.length - nearest.length;
  const reasons = nearest.map(({rule, reason}) => `${rule.name}: ${reason}`);
  return clip([...reasons, ...(others > 0 ? [`and ${others} more`] : [])].join('; '), MAX_REASON_LENGTH);
}

function conditionsPassed({conditions}: Verdict): number {
  return conditions.findIndex(({held}) => !held);
}
