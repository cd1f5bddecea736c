/** The parts of a change to keep if it must be cut to fit into a dispatch. Pure. */
import type {Change} from '../change/change.ts';
import {bothSides, type Reads} from '../change/reads.ts';
import {changedProperties} from '../change/transition.ts';
import {readsFor} from '../rules/reads.ts';
import {isHalfKnown, type Rules} from '../rules/rules.ts';

/**
 * The properties to keep if a change must be cut. If the rules are not known, the changed properties are kept.
 * @param rules undefined if they are not known
 */
export function readsToKeep(change: Change, rules: Rules | undefined): Reads {
  if (rules && !isHalfKnown(rules, change.blueprint)) return readsFor(rules, change.blueprint);
  const changed = changedProperties(change).flatMap(bothSides);
  return rules ? [...readsFor(rules, change.blueprint), ...changed] : changed;
}
