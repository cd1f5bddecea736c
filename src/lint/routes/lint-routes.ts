/** Lint: routes, windows and silences that load but that no rule of the file can match. Pure. */
import {isObject, type JsonObject} from '../../base/json.ts';
import {suggest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {ruleNameOf} from '../rules/lint-rules.ts';
import {includesFact, RULE_KEYS, type RuleFacts, type RuleKey, ruleFactsOf} from '../rules/rule-facts.ts';
import {isTemplated, itemsAt, mappingIn, mappingsIn, textsAt, type WrittenPart} from '../written.ts';

/** @param json the rules file, possibly with mistakes */
export function lintRoutes(json: unknown): FoundProblem[] {
  const rules = mappingsIn(json, 'rules');
  if (!rules.every(({value}) => isReadable(value))) return []; // the content of a rule with mistakes is unknown
  const all = rules.map(({value}) => ruleFactsOf(value, ruleNameOf(value)));
  const routed = rules.filter(({value}) => mappingIn(value, 'notify')['slack'] === undefined);
  return [
    ...mappingsIn(json, 'routes').flatMap(route =>
      checkMatch(
        route,
        routed.map(({value}) => ruleFactsOf(value, ruleNameOf(value))),
        'is never used',
      ),
    ),
    ...mappingsIn(json, 'mute').flatMap(item => checkMatch(item, all, 'mutes nothing')),
    ...mappingsIn(json, 'silences').flatMap(item => checkMatch(item, all, 'silences nothing')),
    ...mappingsIn(json, 'inhibit').flatMap(item => checkMatch(item, all, 'inhibits nothing')),
  ];
}

function isReadable(rule: JsonObject): boolean {
  return ruleNameOf(rule) !== undefined && typeof rule['blueprint'] === 'string';
}

function checkMatch(
  {path, value: item}: WrittenPart<JsonObject>,
  rules: readonly RuleFacts[],
  consequence: string,
): FoundProblem[] {
  const match = mappingIn(item, 'match');
  const selectorKeys = RULE_KEYS.filter(key => match[key] !== undefined);
  // A match without rule keys also applies to future rules.
  if (selectorKeys.length === 0 || rules.some(facts => selectorKeys.every(key => includesFact(match[key], facts[key]))))
    return [];
  const unknown = selectorKeys
    .filter(key => key !== 'rule')
    .find(key => !rules.some(facts => includesFact(match[key], facts[key])));
  if (unknown === undefined) {
    const message = `${consequence}: no rule has all values of its \`match\` (${selectorKeys.join(', ')})`;
    return [{path, message: rules.length === 0 ? `${consequence}: each rule has its own \`notify.slack\`` : message}];
  }
  const known = [...new Set(rules.flatMap(facts => facts[unknown] ?? []))];
  return textsAt(match[unknown], [...path, 'match', unknown])
    .slice(0, 1)
    .map(value => ({
      path: value.path,
      message: `${consequence}: no rule${consequence === 'is never used' ? ' without `notify.slack`' : ''} has the ${unknown} "${value.value}"${suggest(value.value, known)}`,
    }));
}

/** Whether each message of the rule always has a destination from the rule or a route. */
export function hasDestination(rule: JsonObject, json: unknown): boolean {
  if (textsAt(mappingIn(rule, 'notify')['slack'], []).some(({value}) => !isTemplated(value))) return true;
  return mappingsIn(json, 'routes').some(
    ({value: route}) => givesDestination(route) && takes(route, ruleFactsOf(rule, ruleNameOf(rule))),
  );
}

/** Whether the route always gives a destination. An expression alone can give none. */
function givesDestination(route: JsonObject): boolean {
  return textsAt([route['slack'], route['fallback']].flat(), []).some(({value}) => !isTemplated(value));
}

function takes(route: JsonObject, facts: RuleFacts): boolean {
  const match = isObject(route['match']) ? Object.entries(route['match']) : [];
  return match.every(
    ([key, wanted]) => (key === 'entity' && matchesAny(wanted)) || (isKey(key) && includesFact(wanted, facts[key])),
  );
}

function matchesAny(pattern: unknown): boolean {
  return itemsAt(pattern, []).some(({value}) => value === '*' || value === '**');
}

function isKey(key: string): key is RuleKey {
  return RULE_KEYS.some(one => one === key);
}
