/** Creates plans for changes with the real stages, from rules as a user writes them. */
import type {Change} from '../../../src/change/change.ts';
import {type DescribedDecision, describeDecisions} from '../../../src/decide/describe.ts';
import {decide} from '../../../src/decide/evaluate.ts';
import {type Match, type Plan, type PlanFacts, plan} from '../../../src/decide/plan.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import type {Rules} from '../../../src/rules/rules.ts';

/** @param rules the keys of each rule, as YAML on one line: `property: healthStatus, to: Degraded`. The rest has defaults. */
export function rulesFile(rules: readonly string[] = ['notify: true'], rest = ''): string {
  const written = rules.map((rule, index) => {
    const name = /\bname:/.test(rule) ? '' : `name: rule-${index + 1}, `;
    const blueprint = /\bblueprint:/.test(rule) ? '' : 'blueprint: deploymentConfig, ';
    const property = /\b(property|on):/.test(rule) ? '' : 'property: healthStatus, ';
    return `  - {${name}${blueprint}${property}${rule}}`;
  });
  return ['version: 1', ...(rest === '' ? [] : [rest]), 'rules:', ...written, ''].join('\n');
}

export interface Planned {
  readonly rules: Rules;
  readonly decisions: readonly DescribedDecision[];
  readonly plan: Plan;
}

/** @param file the rules, as text, or compiled for property tests that use them many times */
export function planFor(file: string | Rules, changes: readonly Change[], facts: PlanFacts = {}): Planned {
  const rules = typeof file === 'string' ? parseRules(file, 'rules.yml') : file;
  const decisions = decide(rules, changes);
  return {rules, decisions: describeDecisions(rules, decisions), plan: plan(rules, decisions, facts)};
}

/** The match of the only rule that matches the change. */
export function aMatch(change: Change, rule = 'notify: true', rest = ''): Match {
  const {plan} = planFor(rulesFile([rule], rest), [change]);
  const [match] = [
    ...plan.notifications.flatMap(({matches}) => matches),
    ...plan.remediations.map(({match}) => match),
    ...plan.handOvers.map(({match}) => match),
  ];
  if (match === undefined) throw new Error(`the rule {${rule}} does not match the change`);
  return match;
}
