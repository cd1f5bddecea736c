/** Lint: critical rules that reach no destination for some team, environment or entity. Pure. */

import {factsOfRule, type KnownFacts, matchFacts, possibleDestinations} from '../../decide/possible-destinations.ts';
import {minuteOfWeek} from '../../decide/wall-clock.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {type MuteWindow, type Rule, type Rules, type Selector, WEEK_MINUTES} from '../../rules/rules.ts';
import {toBlueprint} from '../catalog/blueprint.ts';
import type {Blueprints} from '../catalog/lint-blueprints.ts';

/**
 * Skips rules whose blueprint is unknown, because the blueprint lists the environments.
 * @param rules without mistakes, in the order of the file
 * @param destinations the destinations that the workflows configure. Undefined if unknown
 */
export function lintUnrouted(
  rules: Rules,
  {known}: Blueprints,
  destinations: readonly string[] | undefined,
): FoundProblem[] {
  if (destinations?.length === 0) return []; // another check reports that no message is sent
  return rules.rules.flatMap((rule, index): FoundProblem[] => {
    const blueprint = known.get(rule.blueprint);
    if (rule.severity !== 'critical' || blueprint === undefined) return [];
    const values = toBlueprint(rule.blueprint, blueprint).properties.get('environment')?.values;
    const why = whyUnrouted(rules, rule, {values, destinations});
    return why === undefined ? [] : [{path: ['rules', index, 'severity'], message: `is critical, but ${why}`}];
  });
}

interface Given {
  /** The values of the property `environment`, if the blueprint lists them. */
  readonly values: readonly unknown[] | undefined;
  readonly destinations: readonly string[] | undefined;
}

function whyUnrouted(rules: Rules, rule: Rule, given: Given): string | undefined {
  const {notify} = rule;
  if (notify === undefined) {
    return 'it reaches no destination: the rule has no `notify`. Add `notify: true`, or lower the severity.';
  }
  for (const facts of combinationsFor(rules, given.values)) {
    const all = factsOfRule(rule, facts);
    const {always, perhaps, lookedUp} = possibleDestinations(rules.routes, all, notify.slack);
    const names = [...always, ...perhaps];
    const isReached = lookedUp.length > 0 || names.some(name => given.destinations?.includes(name) ?? true);
    if (!isReached) return unconfigured(facts, names);
    const windows = rules.mute.filter(({match}) => matchFacts(match, all).fits);
    if (coverWeek(windows)) return muted(facts, windows);
  }
  return undefined;
}

function unconfigured(facts: KnownFacts, names: readonly string[]): string {
  const [only, ...more] = names;
  const what = more.length === 0 ? `the destination "${only}"` : `the destinations ${names.join(', ')}`;
  return `${describe(facts)} reaches no destination: it goes to ${what}, which no workflow configures. Add a route for it, or configure the destination.`;
}

function muted(facts: KnownFacts, windows: readonly MuteWindow[]): string {
  const names = windows.map(({name}) => name).join(', ');
  return `${describe(facts)} never reaches a destination: the mute windows ${names} together cover the whole week. Exclude it from the \`match\` of one of them.`;
}

function describe(facts: KnownFacts): string {
  const parts = Object.entries(facts).flatMap(([key, [value]]) =>
    value === undefined || value === OTHER ? [] : [`${key}: ${value}`],
  );
  return parts.length === 0 ? 'an entity that no `match` names' : parts.join(', ');
}

/** Represents every entity that no pattern matches. Port's identifiers have no spaces. */
const OTHER = 'another entity';
/** The maximum number of combinations. Only generated files have more. The remaining ones are skipped. */
const MAX_COMBINATIONS = 20_000;

/** Combinations of each team, environment and entity in routes and windows, and of one that none of them contains. */
function* combinationsFor({routes, mute}: Rules, environments: readonly unknown[] | undefined): Generator<KnownFacts> {
  const selectors = [...routes, ...mute].map(({match}) => match);
  const teams = named(selectors, 'team').map(name => [name]);
  const places = named(selectors, 'environment').filter(name => environments?.includes(name) ?? true);
  const entities = selectors.flatMap(({entity = []}) => entity).flatMap(pattern => exampleOf(pattern) ?? []);
  let left = MAX_COMBINATIONS;
  for (const team of [[], ...teams]) {
    for (const environment of [[], ...places.map(name => [name])]) {
      for (const entity of [OTHER, ...new Set(entities)]) {
        if (left === 0) return;
        left -= 1;
        yield {team, environment, entity: [entity]};
      }
    }
  }
}

function named(selectors: readonly Selector[], key: 'team' | 'environment'): string[] {
  return [...new Set(selectors.flatMap(selector => selector[key] ?? []))];
}

/** An example of a name that the pattern matches: `payments-x` for `payments-*`. Undefined for `*`, or if none is found. */
function exampleOf({source, matches}: NonNullable<Selector['entity']>[number]): string | undefined {
  const example = source
    .replace(/\{([^{},]*)[^{}]*\}/g, '$1')
    .replace(/\[!?(.)[^\]]*\]/g, '$1')
    .replace(/[*?]/g, 'x');
  return !/^\*+$/.test(source) && matches(example) ? example : undefined;
}

/** The start of one week in standard time and one in daylight saving time, for both hemispheres. */
const WEEKS = ['2026-01-05T00:00:00Z', '2026-07-06T00:00:00Z'].map(Date.parse);

/** Whether at least one window is active in every minute of the week. Windows can have different zones. */
function coverWeek(windows: readonly MuteWindow[]): boolean {
  const total = windows.flatMap(({spans}) => spans).reduce((sum, [start, end]) => sum + end - start, 0);
  if (total < WEEK_MINUTES) return false;
  return WEEKS.every(start => {
    for (let minute = 0; minute < WEEK_MINUTES; minute += 1) {
      if (!windows.some(window => isIn(window, start + minute * 60_000))) return false;
    }
    return true;
  });
}

function isIn({spans, zone}: MuteWindow, ms: number): boolean {
  const minute = minuteOfWeek(ms, zone);
  return spans.some(([start, end]) => start <= minute && minute < end);
}
