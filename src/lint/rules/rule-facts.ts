/** Lint: what a match can ask of a rule alone. The rest is known only of a change. Pure. */
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

/** Whether what a match names for one key, a text or a list of texts, includes the rule's own. */
export function wants(wanted: unknown, fact: string | undefined): boolean {
  return fact !== undefined && textsAt(wanted, []).some(({value}) => value === fact);
}
