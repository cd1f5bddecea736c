/** Act: whether an entity, read anew, is still as the rule's reason says. Pure. */
import {propertyOf, type Values} from '../change/change.ts';
import {isSameJson} from '../change/json.ts';
import type {Transition} from '../change/transition.ts';
import type {Rule} from '../rules/rules.ts';

/** By the rule's own target where it has one (another status of the list is as bad), else the value must be the same. */
export function stillStands(rule: Rule, {property, to}: Transition, current: Values): boolean {
  const value = propertyOf(current, property) ?? null;
  if (rule.above !== undefined) return typeof value === 'number' && value >= rule.above;
  if (rule.below !== undefined) return typeof value === 'number' && value <= rule.below;
  if (rule.to !== undefined) return rule.to.some(wanted => wanted === value);
  return isSameJson(value, to);
}
