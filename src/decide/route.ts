/** Plan: which Slack destination hears of a match. Pure. */
import type {Change} from '../change/change.ts';
import type {Route, Rule} from '../rules/rules.ts';

/** The name of the destination that the action's `slack-webhook-url` stands for. */
export const DEFAULT_DESTINATION = 'default';

/** The rule's own `notify.slack`, else the first route that matches, else the default. */
export function destinationOf(routes: readonly Route[], rule: Rule, change: Change): string {
  return rule.notify?.slack ?? routes.find(route => takes(route, rule, change))?.slack ?? DEFAULT_DESTINATION;
}

function takes({match}: Route, rule: Rule, change: Change): boolean {
  const facts: Record<keyof Route['match'], readonly (string | undefined)[]> = {
    blueprint: [change.blueprint],
    entity: [change.entity],
    team: change.team,
    property: [rule.property],
    severity: [rule.severity],
    rule: [rule.name],
  };
  return Object.entries(match).every(([key, wanted]) =>
    facts[key as keyof Route['match']].some(fact => fact !== undefined && wanted.includes(fact)),
  );
}
