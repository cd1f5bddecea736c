/**
 * The jq expressions of an automation: which events Port is to send at all. They may let through what no rule matches,
 * for the relay sifts again, but must never hold back what one does.
 *
 * A condition sees the event itself, a body template the context around it:
 * https://docs.port.io/actions-and-automations/define-automations/setup-trigger
 */
import type {ChangeAction} from '../change/change.ts';
import type {Rule} from '../rules/rules.ts';

/** Passes on every event. */
const ANYTHING = 'true';

/**
 * One expression per thing watched, to be combined with `or`. Each yields true or false, for any event.
 * @param delivered the actions that the automation's trigger reports
 */
export function conditionOf(rules: readonly Rule[], delivered: readonly ChangeAction[]): string[] {
  const expressions = rules.map(rule => expressionOf(rule, delivered));
  return expressions.includes(ANYTHING) ? [ANYTHING] : [...new Set(expressions)];
}

function expressionOf(rule: Rule, delivered: readonly ChangeAction[]): string {
  const others = delivered.filter(action => !rule.on.includes(action));
  // Told by exclusion, so that an event that names its action otherwise than expected is passed on.
  const parts = [...transitionsOf(rule), ...others.map(action => `.action != "${action}"`)];
  return parts.length === 0 ? ANYTHING : parts.join(' and ');
}

/**
 * `from` and `to` are left to the relay: they change often, and an automation does not follow a change of the rules.
 * Edges are not: a number that moves all the time would start a run each time.
 */
function transitionsOf({property, above, below}: Rule): string[] {
  if (property === undefined) return [];
  const edges = [
    ...(above === undefined ? [] : [edge(property, `>= ${number(above)}`)]),
    ...(below === undefined ? [] : [edge(property, `<= ${number(below)}`)]),
  ];
  return edges.length > 0 ? edges : [`${valueAt('before', property)} != ${valueAt('after', property)}`];
}

/** At the threshold or past it now, and not before; what is no number is not past it, as in rules. */
function edge(property: string, comparison: string): string {
  const isPast = (side: Side, ending = '') =>
    `(${valueAt(side, property)} | type == "number" and . ${comparison}${ending})`;
  return `${isPast('after')} and ${isPast('before', ' | not')}`;
}

type Side = 'before' | 'after';

/** null where the side, the properties or the property are absent: jq goes through null without an error. */
function valueAt(side: Side, property: string): string {
  const path = `.diff.${side}.properties`;
  // JSON's escapes are jq's, and jq's own, \( for interpolation, is none of JSON's.
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(property) ? `${path}.${property}` : `${path}[${JSON.stringify(property)}]`;
}

/** In parentheses where negative: jq 1.5 takes a minus for a subtraction in some places. */
function number(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}
