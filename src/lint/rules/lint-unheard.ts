/** Lint: critical rules of which no destination hears, for some team, environment or entity. Pure. */
import {minuteOfWeek} from '../../decide/wall-clock.ts';
import {factsOfRule, fitOf, type KnownFacts, whoHears} from '../../decide/who-hears.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {type MuteWindow, type Rule, type Rules, type Selector, WEEK_MINUTES} from '../../rules/rules.ts';
import {toBlueprint} from '../catalog/blueprint.ts';
import type {Blueprints} from '../catalog/lint-blueprints.ts';

/**
 * Needs the blueprints: they name the environments that exist. Without a rule's blueprint, nothing is said of the rule.
 * @param rules without mistakes, so that their order is that of the file
 * @param destinations those that the workflows configure. Undefined if they are not known
 */
export function lintUnheard(
  rules: Rules,
  {known}: Blueprints,
  destinations: readonly string[] | undefined,
): FoundProblem[] {
  if (destinations?.length === 0) return []; // another check says that no message is sent at all
  return rules.rules.flatMap((rule, index): FoundProblem[] => {
    const blueprint = known.get(rule.blueprint);
    if (rule.severity !== 'critical' || blueprint === undefined) return [];
    const values = toBlueprint(rule.blueprint, blueprint).properties.get('environment')?.values;
    const why = whyUnheard(rules, rule, {values, destinations});
    return why === undefined ? [] : [{path: ['rules', index, 'severity'], message: `is critical, but ${why}`}];
  });
}

interface Given {
  /** Of the property `environment`, if the blueprint lists them. */
  readonly values: readonly unknown[] | undefined;
  readonly destinations: readonly string[] | undefined;
}

function whyUnheard(rules: Rules, rule: Rule, given: Given): string | undefined {
  const {notify} = rule;
  if (notify === undefined) {
    return 'no destination hears of it: the rule has no `notify`. Add `notify: true`, or lower the severity.';
  }
  for (const facts of combinationsFor(rules, given.values)) {
    const all = factsOfRule(rule, facts);
    const {always, perhaps, lookedUp} = whoHears(rules.routes, all, notify.slack);
    const names = [...always, ...perhaps];
    const isReached = lookedUp.length > 0 || names.some(name => given.destinations?.includes(name) ?? true);
    if (!isReached) return unconfigured(facts, names);
    const windows = rules.mute.filter(({match}) => fitOf(match, all).fits);
    if (coverWeek(windows)) return muted(facts, windows);
  }
  return undefined;
}

function unconfigured(facts: KnownFacts, names: readonly string[]): string {
  const [only, ...more] = names;
  const what = more.length === 0 ? `the destination "${only}"` : `the destinations ${names.join(', ')}`;
  return `no destination hears of ${describe(facts)}: it goes to ${what}, which no workflow configures. Add a route that takes it, or configure the destination.`;
}

function muted(facts: KnownFacts, windows: readonly MuteWindow[]): string {
  const names = windows.map(({name}) => name).join(', ');
  return `no destination ever hears of ${describe(facts)}: the mute windows ${names} together cover the whole week. Leave it out of the \`match\` of one of them.`;
}

function describe(facts: KnownFacts): string {
  const parts = Object.entries(facts).flatMap(([key, [value]]) =>
    value === undefined || value === OTHER ? [] : [`${key}: ${value}`],
  );
  return parts.length === 0 ? 'an entity that no `match` names' : parts.join(', ');
}

/** Stands for each entity that no pattern names. No identifier of Port's has a space. */
const OTHER = 'another entity';
/** More are of files that are made by programs. The first ones stand for the others. */
const MAX_COMBINATIONS = 20_000;

/** Each team, environment and entity that a route or a window names, and one of each that none names. */
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

/** A name that the pattern matches: `payments-x` of `payments-*`. Undefined if none is found, and for `*`. */
function exampleOf({source, matches}: NonNullable<Selector['entity']>[number]): string | undefined {
  const example = source
    .replace(/\{([^{},]*)[^{}]*\}/g, '$1')
    .replace(/\[!?(.)[^\]]*\]/g, '$1')
    .replace(/[*?]/g, 'x');
  return !/^\*+$/.test(source) && matches(example) ? example : undefined;
}

/** Weeks with the winter and the summer time of both hemispheres, from a Monday on. */
const WEEKS = ['2026-01-05T00:00:00Z', '2026-07-06T00:00:00Z'].map(Date.parse);

/** Whether one of the windows is in force at each minute. Each can have a zone of its own. */
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
