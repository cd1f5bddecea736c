/** Act: a match as texts, for targets that accept only texts: the variables of a script, the outputs of the action. Pure. */

import {clip} from '../base/text/show.ts';
import type {Match} from '../decide/plan.ts';

export interface MatchFacts {
  /** The change's id. */
  readonly change: string;
  readonly rule: string;
  readonly severity: string;
  readonly blueprint: string;
  readonly entity: string;
  readonly title: string;
  /** Empty if the rule does not have one. `from` and `to` are empty if they are not set. */
  readonly property: string;
  readonly from: string;
  readonly to: string;
  readonly at: string;
}

/** @param max the maximum length of each text in UTF-16 units */
export function factsOf({rule, change, transition}: Match, max: number): MatchFacts {
  const {id, blueprint, entity, title, at} = change;
  const {property = '', from, to} = transition ?? {};
  const {name, severity} = rule;
  const cut = (value: unknown) => clip(textOf(value), max);
  return {
    change: cut(id),
    rule: cut(name),
    severity,
    blueprint: cut(blueprint),
    entity: cut(entity),
    title: cut(title),
    property: cut(property),
    from: cut(from),
    to: cut(to),
    at: cut(at),
  };
}

/** Empty if the value is not set. A string is unchanged. Any other value becomes JSON. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
