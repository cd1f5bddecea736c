/** Lint: the `match` keys that depend only on the rule. The others depend on the change. Pure. */
import type {JsonObject} from '../../base/json.ts';
import {textsAt} from '../written.ts';

export const RULE_KEYS = ['blueprint', 'property', 'severity', 'rule'] as const;
export type RuleKey = (typeof RULE_KEYS)[number];
export type RuleFacts = Readonly<Record<RuleKey, string | undefined>>;

export function ruleFactsOf(rule: JsonObject, name: string | undefined): RuleFacts {
  const text = (key: string) => (typeof rule[key] === 'string' ? rule[key].trim() : undefined);
  return {
    blueprint: text('blueprint'),
    property: text('property'),
    severity: text('severity') ?? 'info',
    rule: name,
  };
}

/** Whether the values of a match key, a text or a list of texts, include the value of the rule. */
export function includesFact(wanted: unknown, fact: string | undefined): boolean {
  return fact !== undefined && textsAt(wanted, []).some(({value}) => value === fact);
}
