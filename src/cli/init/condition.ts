/**
 * The jq expressions of an automation: the events that Port sends. They may pass events that no rule matches and that end no
 * incident, as the relay filters again. They must never hold back an event that does.
 *
 * A condition sees the event itself, a body template the context around it:
 * https://docs.port.io/actions-and-automations/define-automations/setup-trigger
 */
import type {ChangeAction} from '../../change/change.ts';
import {hasIncident, type Rule} from '../../rules/rules.ts';

/** Passes on every event. */
const ANYTHING = 'true';

/**
 * One expression per thing watched, to be combined with `or`. Each yields true or false, for any event.
 * @param delivered the actions that the automation's trigger reports
 */
export function conditionOf(rules: readonly Rule[], delivered: readonly ChangeAction[]): string[] {
  const expressions = rules.flatMap(rule => [matchOf(rule, delivered), ...endsOf(rule, delivered)]);
  return expressions.includes(ANYTHING) ? [ANYTHING] : [...new Set(expressions)];
}

function matchOf(rule: Rule, delivered: readonly ChangeAction[]): string {
  const others = delivered.filter(action => !rule.on.includes(action));
  // By exclusion, so that an event that names its action otherwise than expected is passed on.
  const parts = [...transitionsOf(rule), ...others.map(action => `.action != "${action}"`)];
  return parts.length === 0 ? ANYTHING : parts.join(' and ');
}

/**
 * `from` and `to` are left to the relay: they change often, and an automation does not follow a change of the rules.
 * Edges are not, as a number that moves all the time would start a run each time.
 */
function transitionsOf({property, above, below}: Rule): string[] {
  if (property === undefined) return [];
  const edges = [
    ...(above === undefined ? [] : [edge(property, `>= ${number(above)}`)]),
    ...(below === undefined ? [] : [edge(property, `<= ${number(below)}`)]),
  ];
  return edges.length > 0 ? edges : [differs(property)];
}

/** At the threshold or past it now, and not before. A value that is not a number is not past it, as in rules. */
function edge(property: string, comparison: string): string {
  return `${isNumber('after', property, comparison)} and ${isNumber('before', property, `${comparison} | not`)}`;
}

/** What may end the rule's incident, as in `endOf` of src/decide/ends.ts. The other keys of the rule do not count. */
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

/** A number on the good side now that was on the bad side before. A value that is not a number ends nothing. */
function reversal(property: string, [sign, value]: readonly [keyof typeof OPPOSITE, number]): string {
  const after = isNumber('after', property, `${sign} ${number(value)}`);
  return `${after} and ${isNumber('before', property, `${OPPOSITE[sign]} ${number(value)}`)}`;
}

/** Whether the property is not the same before and after. */
export function differs(property: string): string {
  return `${valueAt('before', property)} != ${valueAt('after', property)}`;
}

function isNumber(side: Side, property: string, comparison: string): string {
  return `(${valueAt(side, property)} | type == "number" and . ${comparison})`;
}

type Side = 'before' | 'after';

/** null if the side, the properties or the property are absent: jq goes through null without an error. */
function valueAt(side: Side, property: string): string {
  const path = `.diff.${side}.properties`;
  // JSON's escapes are jq's, and jq's own, \( for interpolation, is not one of JSON's.
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(property) ? `${path}.${property}` : `${path}[${JSON.stringify(property)}]`;
}

/** In parentheses if negative: jq 1.5 takes a minus for a subtraction in some places. */
function number(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}
