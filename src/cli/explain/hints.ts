/** Explain: possible reasons why a rule never matches, and similar names in the event. Pure. */

import {nearest} from '../../base/text/nearest.ts';
import type {Change} from '../../change/change.ts';
import {blueprintHint, propertyHint, valueHint} from '../../lint/rules/impossible-hints.ts';
import type {Rule, Rules} from '../../rules/rules.ts';

/** The hints of lint, and hints from the event. For a rule that watches another blueprint, only hints about its blueprint. */
export function hintsFor(rule: Rule, change: Change, statuses: Rules['statuses']): string[] {
  const hint = rule.blueprint === change.blueprint ? undefined : blueprintHint(rule.blueprint);
  if (rule.blueprint !== change.blueprint) return hint === undefined ? [] : [`\`blueprint\`: ${hint}`];
  return [...propertyHints(rule, change), ...conditionHints(rule, change), ...valueHints(rule, statuses)];
}

function propertyHints({property}: Rule, change: Change): string[] {
  if (property === undefined || change.action === 'TIMER_EXPIRED') return [];
  const names = namesIn(change, 'properties');
  // A truncated event can be missing properties that exist in Port.
  if (names.includes(property) || change.truncated?.some(path => path.endsWith('.properties.*'))) return [];
  const hint = propertyHint(property);
  return [...(hint === undefined ? [] : [`\`property\`: ${hint}`]), ...similarNames(property, names, change)];
}

/** Names in the condition that the event has only under a similar name. Expressions ignore the letter case of names. */
function conditionHints({if: condition}: Rule, change: Change): string[] {
  if (condition === undefined || change.action === 'TIMER_EXPIRED') return [];
  if (change.truncated?.some(path => path.endsWith('.*'))) return [];
  const missing = (part: 'properties' | 'relations') => {
    const names = new Set(namesIn(change, part).map(name => name.toLowerCase()));
    return condition[part].filter(name => !names.has(name.toLowerCase()));
  };
  return [
    ...missing('properties').flatMap(name => elsewhere(name, change, 'properties')),
    ...missing('relations').flatMap(name => elsewhere(name, change, 'relations')),
  ].map(hint => `\`if\`: ${hint}`);
}

function elsewhere(name: string, change: Change, part: 'properties' | 'relations'): string[] {
  const other = part === 'properties' ? 'relations' : 'properties';
  const same = namesIn(change, other).find(one => one.toLowerCase() === name.toLowerCase());
  const near = nearest(name, namesIn(change, part));
  const has = same !== undefined ? `${other}.${same}` : near && `${part}.${near}`;
  return has === undefined ? [] : [`the event has \`${has}\`, but not \`${part}.${name}\``];
}

function similarNames(property: string, names: readonly string[], change: Change): string[] {
  const relations = namesIn(change, 'relations');
  if (relations.includes(property)) {
    const path = `relations.${property}`;
    return [
      `${property} is a relation in the event. Remove \`property\`, and add \`if: before.${path} != after.${path}\``,
    ];
  }
  const words = property.split('.');
  const near = words.findLast(word => names.includes(word)) ?? nearest(property, names);
  return near === undefined ? [] : [`the event has \`${near}\``];
}

function namesIn({before, after}: Change, holder: 'properties' | 'relations'): string[] {
  return [...new Set([before, after].flatMap(side => Object.keys(side?.[holder] ?? {})))];
}

function valueHints({property, from = [], to = []}: Rule, statuses: Rules['statuses']): string[] {
  if (property === undefined) return [];
  const known = statuses.get(property) ?? [];
  const hintsOf = (key: string, values: readonly unknown[]) =>
    values.flatMap(value => {
      const hint = typeof value === 'string' && !known.includes(value) ? valueHint(key, value, property) : undefined;
      return hint === undefined ? [] : [`\`${key}\`: ${hint}`];
    });
  return [...hintsOf('from', from), ...hintsOf('to', to)];
}
