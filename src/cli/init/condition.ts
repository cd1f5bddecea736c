/**
 * The jq expressions of an automation, which select the events that Port posts. They can pass irrelevant events, because the
 * relay filters again. They must pass every event that matches a rule or ends an incident.
 *
 * A condition reads the event. A body template reads its context:
 * https://docs.port.io/actions-and-automations/define-automations/setup-trigger
 */
import type {ChangeAction} from '../../change/change.ts';
import {hasIncident, type Rule} from '../../rules/rules.ts';

/** Passes every event. */
const ANYTHING = 'true';

/**
 * One expression for each watched condition, to be combined with `or`. Each returns true or false for any event.
 * @param delivered the actions that the trigger of the automation reports
 */
export function conditionOf(rules: readonly Rule[], delivered: readonly ChangeAction[]): string[] {
  const expressions = rules.flatMap(rule => [matchOf(rule, delivered), ...endsOf(rule, delivered)]);
  return expressions.includes(ANYTHING) ? [ANYTHING] : [...new Set(expressions)];
}

function matchOf(rule: Rule, delivered: readonly ChangeAction[]): string {
  const others = delivered.filter(action => !rule.on.includes(action));
  // Excludes known actions, so that an event with an unexpected action passes.
  const parts = [...transitionsOf(rule), ...others.map(action => `.action != "${action}"`)];
  return parts.length === 0 ? ANYTHING : parts.join(' and ');
}

/**
 * The relay checks `from` and `to`, because they change often, and automations are not updated with the rules. Thresholds are
 * checked here, because otherwise each change of a number would start an automation run.
 */
function transitionsOf({property, above, below}: Rule): string[] {
  if (property === undefined) return [];
  const edges = [
    ...(above === undefined ? [] : [edge(property, `>= ${number(above)}`)]),
    ...(below === undefined ? [] : [edge(property, `<= ${number(below)}`)]),
  ];
  return edges.length > 0 ? edges : [differs(property)];
}

/** Whether the value reached the threshold. As in rules, a value that is not a number does not reach it. */
function edge(property: string, comparison: string): string {
  return `${isNumber('after', property, comparison)} and ${isNumber('before', property, `${comparison} | not`)}`;
}

/** Events that can end the incident of the rule, as in `endOf` of src/decide/ends.ts. Other keys of the rule are ignored. */
function endsOf(rule: Rule, delivered: readonly ChangeAction[]): string[] {
  const {property, to, above, below, clear} = rule;
  if (property === undefined || !hasIncident(rule)) return [];
  const others = delivered.filter(action => action !== 'DELETE');
  return [
    ...(to === undefined ? [] : [differs(property)]),
    ...(above === undefined ? [] : [reversal(property, clear?.at === undefined ? ['<', above] : ['<=', clear.at])]),
    ...(below === undefined ? [] : [reversal(property, clear?.at === undefined ? ['>', below] : ['>=', clear.at])]),
    others.map(action => `.action != "${action}"`).join(' and ') || ANYTHING,
  ];
}

const OPPOSITE = {'<': '>=', '<=': '>', '>': '<=', '>=': '<'} as const;

/** Whether the number returned across the threshold. A value that is not a number does not end an incident. */
function reversal(property: string, [sign, value]: readonly [keyof typeof OPPOSITE, number]): string {
  const after = isNumber('after', property, `${sign} ${number(value)}`);
  return `${after} and ${isNumber('before', property, `${OPPOSITE[sign]} ${number(value)}`)}`;
}

/** Whether the property changed. */
export function differs(property: string): string {
  return `${valueAt('before', property)} != ${valueAt('after', property)}`;
}

function isNumber(side: Side, property: string, comparison: string): string {
  return `(${valueAt(side, property)} | type == "number" and . ${comparison})`;
}

type Side = 'before' | 'after';

/** null if the side, the properties or the property are absent. jq reads keys of null without an error. */
function valueAt(side: Side, property: string): string {
  const path = `.diff.${side}.properties`;
  // JSON escapes are valid in jq. jq's interpolation \( is not a JSON escape, so it cannot occur.
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(property) ? `${path}.${property}` : `${path}[${JSON.stringify(property)}]`;
}

/** Negative numbers are in parentheses, because jq 1.5 parses some minus signs as a subtraction. */
function number(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}
