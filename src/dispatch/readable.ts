/** What of a change must stay if it has to be cut to fit into a dispatch. Pure. */
import type {Change} from '../change/change.ts';
import {bothSides, type Reads} from '../change/reads.ts';
import {changedProperties} from '../change/transition.ts';
import {readsFor} from '../rules/reads.ts';
import {isHalfKnown, type Rules} from '../rules/rules.ts';

/**
 * The properties that must stay if a change has to be cut. For unknown rules, the changed properties are the best guess.
 * @param rules undefined if they are not known
 */
export function readableOf(change: Change, rules: Rules | undefined): Reads {
  if (rules && !isHalfKnown(rules, change.blueprint)) return readsFor(rules, change.blueprint);
  const changed = changedProperties(change).flatMap(bothSides);
  return rules ? [...readsFor(rules, change.blueprint), ...changed] : changed;
}
