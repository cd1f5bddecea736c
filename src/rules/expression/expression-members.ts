/** Compile: the members of `change`, `before` and `after`. An expression that reads any other member would always be empty. */

import {nearest} from '../../base/text/nearest.ts';
import {clip, oneLine} from '../../base/text/show.ts';
import type {Actor, Change, Snapshot} from '../../change/change.ts';

/** The type of a name: a text or boolean without members, a Port value with unknown members, or a mapping. */
type Shape = 'text' | 'any' | Members;
interface Members {
  readonly [name: string]: Shape;
}

const ACTOR: Record<keyof Actor, Shape> = {email: 'text', userId: 'text', byPort: 'text'};
const SIDE: Record<keyof Snapshot, Shape> = {title: 'text', team: 'any', properties: 'any', relations: 'any'};
const CHANGE: Record<Exclude<keyof Change, 'before' | 'after'> | 'property' | 'from' | 'to', Shape> = {
  title: 'text',
  entity: 'text',
  blueprint: 'text',
  team: 'any',
  property: 'text',
  from: 'any',
  to: 'any',
  action: 'text',
  timer: 'text',
  at: 'text',
  by: ACTOR,
  origin: 'text',
  source: 'text',
  id: 'text',
  runId: 'text',
  truncated: 'any',
};

/** Members by the names that an expression can start with. docs/messages.md lists them in a table. */
export const MEMBERS = {change: CHANGE, before: SIDE, after: SIDE} as const;

/** Names that people expect in a different place, in lower case. */
const OF_SIDE = {
  blueprint: 'the blueprint is `change.blueprint`',
  entity: 'the identifier is `change.entity`',
  identifier: 'the identifier is `change.entity`',
  id: 'the identifier is `change.entity`',
  at: 'the time of the change is `change.at`',
  updatedat: 'the time of the change is `change.at`',
  by: 'who made the change is `change.by`',
  updatedby: 'who made the change is `change.by`',
  action: 'what happened is `change.action`',
};
const OF_CHANGE = {
  identifier: 'the identifier is `change.entity`',
  name: 'the title is `change.title`, the identifier `change.entity`',
  updatedat: 'the time of the change is `change.at`',
  updatedby: 'who made the change is `change.by`',
  email: 'the email address of who made the change is `change.by.email`',
  properties: 'the properties are `before.properties` and `after.properties`',
  relations: 'the relations are `before.relations` and `after.relations`',
  before: 'write `before` without `change.`',
  after: 'write `after` without `change.`',
};
const ELSEWHERE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  change: OF_CHANGE,
  before: OF_SIDE,
  after: OF_SIDE,
};

/**
 * Why the name is always empty. Undefined if it can have a value. Names are case-insensitive.
 * @param path the names from the root on, as `['after', 'properties', 'locked']`
 */
export function memberMistake(path: readonly string[]): string | undefined {
  let shape: Shape = MEMBERS;
  for (const [index, name] of path.entries()) {
    if (shape === 'any') return undefined;
    const inner: Shape | undefined = shape === 'text' ? undefined : memberOf(shape, name);
    if (inner === undefined) return explain(path.slice(0, index), name, shape);
    shape = inner;
  }
  return undefined;
}

function memberOf<T>(members: Readonly<Record<string, T>>, name: string): T | undefined {
  const key = Object.keys(members).find(key => key.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : members[key];
}

function explain(path: readonly string[], name: string, shape: Exclude<Shape, 'any'>): string {
  const holder = path.join('.');
  const shown = clip(oneLine(name), 60);
  if (shape === 'text') return `\`${holder}\` is a single value and has no "${shown}"`;
  const elsewhere = memberOf(ELSEWHERE, holder) ?? {};
  const known = Object.keys(shape);
  const words = [...known, ...Object.keys(elsewhere).filter(word => word.length > 3)];
  const meant = memberOf(elsewhere, name) === undefined ? nearest(name, words) : name;
  const hint = memberOf(elsewhere, meant ?? '');
  const what = `\`${holder}\` has no "${shown}"`;
  if (hint !== undefined) return `${what}: ${hint}`;
  return meant === undefined ? `${what}. ${choices(holder, shown, known)}` : `${what}. Did you mean "${meant}"?`;
}

/** Suggests `after.properties.locked` for `after.locked`, because `properties` is often forgotten. */
function choices(holder: string, name: string, known: readonly string[]): string {
  const all = `It has ${known.join(', ')}.`;
  if (memberOf(ELSEWHERE, holder) === undefined) return all;
  const side = holder.toLowerCase() === 'before' ? 'before' : 'after';
  const property = /^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : '[…]';
  return `${all} A property of the entity is \`${side}.properties${property}\`.`;
}
