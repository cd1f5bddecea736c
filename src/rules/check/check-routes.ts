/** Checks of routes among each other, and of what routes, windows and silences ask about. They look at the written form. */
import {isObject} from '../../base/json.ts';
import {suggest} from '../../base/nearest.ts';
import type {FoundProblem} from '../problem.ts';
import {type RouteKey, SEVERITIES} from '../rules.ts';
import {compileDestination, destinationMistake} from '../values/destination.ts';
import {compileName, coversName, matchesAll, type NamePattern} from '../values/glob.ts';
import {asList, trimmedText} from './check-rules.ts';

/** The lists of the file whose items have a `match`. */
export type Matching = Readonly<Record<'routes' | 'mute' | 'silences' | 'inhibit', readonly unknown[]>>;

/** What is wrong with routes, and with the rules that matches name. @param names those of the rules that have one */
export function checkMatching(lists: Matching, names: readonly (string | undefined)[]): FoundProblem[] {
  const known = names.filter(name => name !== undefined);
  return [
    ...lists.routes.flatMap((route, index) => checkFallback(route, ['routes', index])),
    ...checkReach(lists.routes),
    ...Object.entries(lists).flatMap(([key, items]) =>
      items.flatMap((item, index) => checkRuleNames(item, [key, index], known)),
    ),
  ];
}

/** A match for a rule that does not exist never matches. */
function checkRuleNames(item: unknown, at: readonly PropertyKey[], known: readonly string[]): FoundProblem[] {
  const written = isObject(item) && isObject(item['match']) ? item['match']['rule'] : undefined;
  return asList(written).flatMap((name, index) => {
    if (trimmedText(name) === undefined || known.includes(trimmedText(name) ?? '')) return [];
    const path = [...at, 'match', 'rule', ...(Array.isArray(written) ? [index] : [])];
    return [{path, message: `there is no rule "${name}"${suggest(String(name), known)}`}];
  });
}

/** Only an expression can need a fallback. */
function checkFallback(route: unknown, at: readonly PropertyKey[]): FoundProblem[] {
  if (!isObject(route) || !Object.hasOwn(route, 'fallback')) return [];
  const refs = asList(route['slack']).map(kindOf);
  if (refs.length === 0 || refs.some(kind => kind !== 'name')) return [];
  const message = 'is never used: `slack` holds no {{ expression }} that could lead nowhere';
  return [{path: [...at, 'fallback'], message, atKey: true}];
}

/** A route behind one that takes all of its notifications, and lets none go on, is never reached. */
function checkReach(routes: readonly unknown[]): FoundProblem[] {
  const matches = routes.map(route => (isObject(route) ? matchOf(route['match']) : undefined));
  return matches.flatMap((match, index) => {
    const earlier = matches
      .slice(0, index)
      .findIndex((other, place) => other && match && alwaysEnds(routes[place]) && covers(other, match));
    if (earlier === -1) return [];
    const message = `is never reached: routes[${earlier}] takes all that it would match. Move it up.`;
    return [{path: ['routes', index], message}];
  });
}

/** Whether what the route matches goes no further: an expression may lead nowhere, and then the next one is asked. */
function alwaysEnds(route: unknown): boolean {
  if (!isObject(route) || (Object.hasOwn(route, 'continue') && route['continue'] !== false)) return false;
  return Object.hasOwn(route, 'fallback') || asList(route['slack']).some(ref => kindOf(ref) === 'name');
}

function kindOf(ref: unknown): 'name' | 'expression' | 'mistake' {
  const text = trimmedText(ref);
  if (text === undefined || destinationMistake(text) !== undefined) return 'mistake';
  return typeof compileDestination(text) === 'string' ? 'name' : 'expression';
}

type WrittenMatch = ReadonlyMap<string, readonly unknown[]>;

/** Undefined for what is not a match, which another check reports. */
function matchOf(match: unknown = {}): WrittenMatch | undefined {
  if (!isObject(match)) return undefined;
  return new Map(
    Object.entries(match).map(([key, value]) => [key, asList(value).map(item => trimmedText(item) ?? item)]),
  );
}

/** Whether the earlier one takes all that the later one does. A wrong no is possible, a wrong yes is not. */
function covers(earlier: WrittenMatch, later: WrittenMatch): boolean {
  return [...earlier].every(([key, wide]) => {
    const narrow = later.get(key);
    return (
      takesAny(key as RouteKey, wide) || (narrow?.every(value => coversValue(key as RouteKey, wide, value)) ?? false)
    );
  });
}

/** Whether it leaves nothing out: each rule has a severity, each entity a name. */
function takesAny(key: RouteKey, values: readonly unknown[]): boolean {
  if (key === 'severity') return SEVERITIES.every(severity => values.includes(severity));
  return key === 'entity' && namesIn(values).some(matchesAll);
}

function coversValue(key: RouteKey, wide: readonly unknown[], value: unknown): boolean {
  if (key !== 'entity') return wide.includes(value);
  const [narrow] = namesIn([value]);
  return narrow !== undefined && namesIn(wide).some(name => coversName(name, narrow));
}

/** The schema reports invalid patterns. */
function namesIn(values: readonly unknown[]): NamePattern[] {
  return values.flatMap(value => {
    try {
      return typeof value === 'string' && value !== '' ? [compileName(value)] : [];
    } catch {
      return [];
    }
  });
}
