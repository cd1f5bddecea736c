/** Checks routes against each other, and the `match` of routes, windows and silences. The input is the written form. */
import {isObject} from '../../base/json.ts';
import {suggest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../problem.ts';
import {type RouteKey, SEVERITIES} from '../rules.ts';
import {compileDestination, destinationMistake} from '../values/destination.ts';
import {compileName, coversName, matchesAll, type NamePattern} from '../values/glob.ts';
import {asList, trimmedText} from './check-rules.ts';

/** The lists in the file whose items have a `match`. */
export type Matching = Readonly<Record<'routes' | 'mute' | 'silences' | 'inhibit', readonly unknown[]>>;

/** All problems with routes and with rule names in a `match`. @param names the names of all rules */
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

/** Reports the names of unknown rules, which never match. */
function checkRuleNames(item: unknown, at: readonly PropertyKey[], known: readonly string[]): FoundProblem[] {
  const written = isObject(item) && isObject(item['match']) ? item['match']['rule'] : undefined;
  return asList(written).flatMap((name, index) => {
    if (trimmedText(name) === undefined || known.includes(trimmedText(name) ?? '')) return [];
    const path = [...at, 'match', 'rule', ...(Array.isArray(written) ? [index] : [])];
    return [{path, message: `there is no rule "${name}"${suggest(String(name), known)}`}];
  });
}

/** Reports a `fallback` that is never used, because only an expression needs one. */
function checkFallback(route: unknown, at: readonly PropertyKey[]): FoundProblem[] {
  if (!isObject(route) || !Object.hasOwn(route, 'fallback')) return [];
  const refs = asList(route['slack']).map(kindOf);
  if (refs.length === 0 || refs.some(kind => kind !== 'name')) return [];
  const message = 'is never used: `slack` contains no {{ expression }} that could resolve to nothing. Remove it';
  return [{path: [...at, 'fallback'], message, atKey: true}];
}

/** Reports routes that are never reached, because an earlier route matches all of their notifications and does not continue. */
function checkReach(routes: readonly unknown[]): FoundProblem[] {
  const matches = routes.map(route => (isObject(route) ? matchOf(route['match']) : undefined));
  return matches.flatMap((match, index) => {
    const earlier = matches
      .slice(0, index)
      .findIndex((other, place) => other && match && alwaysEnds(routes[place]) && covers(other, match));
    if (earlier === -1) return [];
    const message = `is never reached: routes[${earlier}] already matches everything that this route matches. Move it up.`;
    return [{path: ['routes', index], message}];
  });
}

/** Whether the evaluation stops at this route after a match. If an expression resolves to nothing, the next route is tried. */
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

/** Undefined if the value is not a valid match. Another check reports that. */
function matchOf(match: unknown = {}): WrittenMatch | undefined {
  if (!isObject(match)) return undefined;
  return new Map(
    Object.entries(match).map(([key, value]) => [key, asList(value).map(item => trimmedText(item) ?? item)]),
  );
}

/** Whether the earlier match covers everything that the later one matches. Can return false incorrectly, but never true. */
function covers(earlier: WrittenMatch, later: WrittenMatch): boolean {
  return [...earlier].every(([key, wide]) => {
    const narrow = later.get(key);
    return (
      takesAny(key as RouteKey, wide) || (narrow?.every(value => coversValue(key as RouteKey, wide, value)) ?? false)
    );
  });
}

/** Whether the values match everything. Every rule has a severity, and every entity has a name. */
function takesAny(key: RouteKey, values: readonly unknown[]): boolean {
  if (key === 'severity') return SEVERITIES.every(severity => values.includes(severity));
  return key === 'entity' && namesIn(values).some(matchesAll);
}

function coversValue(key: RouteKey, wide: readonly unknown[], value: unknown): boolean {
  if (key !== 'entity') return wide.includes(value);
  const [narrow] = namesIn([value]);
  return narrow !== undefined && namesIn(wide).some(name => coversName(name, narrow));
}

/** Compiles the names. Skips invalid patterns, because the schema reports them. */
function namesIn(values: readonly unknown[]): NamePattern[] {
  return values.flatMap(value => {
    try {
      return typeof value === 'string' && value !== '' ? [compileName(value)] : [];
    } catch {
      return [];
    }
  });
}
