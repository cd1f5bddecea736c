/** Plan: whether the selector of a route, mute window or silence applies to a match. Pure. */
import {type Change, propertyOf} from '../change/change.ts';
import {cutAmong} from '../change/reads.ts';
import {selectorReads} from '../rules/reads.ts';
import type {RouteKey, Rule, Selector} from '../rules/rules.ts';
import type {TruthValue} from '../rules/truth-value.ts';

/**
 * Whether every key of the selector has a matching value. Names must be equal, and entities can match a pattern. If one key
 * does not match, the result is false even if other values were cut.
 */
export function selects(selector: Selector, rule: Rule, change: Change): TruthValue {
  const {entity, ...names} = selector;
  if (entity !== undefined && !entity.some(pattern => pattern.matches(change.entity))) return false;
  let cut: string | undefined;
  for (const [key, wanted] of Object.entries(names)) {
    const missing = cutAmong(change, selectorReads({[key]: wanted}));
    if (missing !== undefined) cut ??= missing;
    else if (!FACTS[key as keyof typeof names](rule, change).some(fact => wanted.includes(fact))) return false;
  }
  return cut === undefined ? true : {cut};
}

/** `team: payments, severity: critical or warning`. Empty if it selects everything. */
export function describeSelector(selector: Selector): string {
  return Object.entries(selector)
    .map(
      ([key, values]) =>
        `${key}: ${values.map(value => (typeof value === 'string' ? value : value.source)).join(' or ')}`,
    )
    .join(', ');
}

/** The values of a match by selector key. A match can have any number of teams and environments. */
const FACTS: Record<Exclude<RouteKey, 'entity'>, (rule: Rule, change: Change) => readonly string[]> = {
  blueprint: (_rule, {blueprint}) => [blueprint],
  team: (_rule, {team}) => team,
  property: ({property}) => (property === undefined ? [] : [property]),
  severity: ({severity}) => [severity],
  rule: ({name}) => [name],
  environment: (_rule, change) => environmentsOf(change),
};

/** The property `environment` of the entity, otherwise its relation of that name. For a deleted entity, the last value. */
export function environmentsOf({before, after}: Change): string[] {
  const entity = after ?? before;
  const value = propertyOf(entity?.properties, 'environment') ?? propertyOf(entity?.relations, 'environment');
  return (Array.isArray(value) ? value : [value]).filter(item => typeof item === 'string');
}
