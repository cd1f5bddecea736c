/** Act: a match as texts, for targets that only accept texts: a script's variables, the action's outputs. Pure. */

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
  /** Empty if the rule does not name one. `from` and `to` are empty if they are not set. */
  readonly property: string;
  readonly from: string;
  readonly to: string;
  readonly at: string;
}

/** @param max each text is cut to so many UTF-16 units */
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

/** Empty if not set. A string stays as it is. Anything else becomes JSON. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
