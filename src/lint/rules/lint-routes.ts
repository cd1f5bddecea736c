/** Lint: routes, windows and silences that load, and that no rule of the file can ever lead to. Pure. */
import {isObject, type JsonObject} from '../../base/json.ts';
import {suggest} from '../../base/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {isTemplated, itemsAt, mappingIn, mappingsIn, textsAt, type WrittenPart} from '../written.ts';
import {nameOf} from './lint-rules.ts';
import {RULE_KEYS, type RuleFacts, type RuleKey, ruleFactsOf, wants} from './rule-facts.ts';

/** @param json the rules file, with or without mistakes */
export function lintRoutes(json: unknown): FoundProblem[] {
  const rules = mappingsIn(json, 'rules');
  if (!rules.every(({value}) => isReadable(value))) return []; // what a rule asks for once it is fixed is not known
  const all = rules.map(({value}) => ruleFactsOf(value, nameOf(value)));
  const routed = rules.filter(({value}) => mappingIn(value, 'notify')['slack'] === undefined);
  return [
    ...mappingsIn(json, 'routes').flatMap(route =>
      checkMatch(
        route,
        routed.map(({value}) => ruleFactsOf(value, nameOf(value))),
        'is never taken',
      ),
    ),
    ...mappingsIn(json, 'mute').flatMap(item => checkMatch(item, all, 'mutes nothing')),
    ...mappingsIn(json, 'silences').flatMap(item => checkMatch(item, all, 'silences nothing')),
    ...mappingsIn(json, 'inhibit').flatMap(item => checkMatch(item, all, 'inhibits nothing')),
  ];
}

function isReadable(rule: JsonObject): boolean {
  return nameOf(rule) !== undefined && typeof rule['blueprint'] === 'string';
}

function checkMatch(
  {path, value: item}: WrittenPart<JsonObject>,
  rules: readonly RuleFacts[],
  consequence: string,
): FoundProblem[] {
  const match = mappingIn(item, 'match');
  const asked = RULE_KEYS.filter(key => match[key] !== undefined);
  // What asks nothing of a rule is there for the rules to come.
  if (asked.length === 0 || rules.some(facts => asked.every(key => wants(match[key], facts[key])))) return [];
  const unknown = asked.filter(key => key !== 'rule').find(key => !rules.some(facts => wants(match[key], facts[key])));
  if (unknown === undefined) {
    const message = `${consequence}: no rule has all that its \`match\` asks for (${asked.join(', ')})`;
    return [
      {path, message: rules.length === 0 ? `${consequence}: each rule has a \`notify.slack\` of its own` : message},
    ];
  }
  const known = [...new Set(rules.flatMap(facts => facts[unknown] ?? []))];
  return textsAt(match[unknown], [...path, 'match', unknown])
    .slice(0, 1)
    .map(value => ({
      path: value.path,
      message: `${consequence}: no rule${consequence === 'is never taken' ? ' that leaves it to the routes' : ''} has the ${unknown} "${value.value}"${suggest(value.value, known)}`,
    }));
}

/** Whether each message of the rule certainly goes to a destination of the rule or of a route. */
export function isCaught(rule: JsonObject, json: unknown): boolean {
  if (textsAt(mappingIn(rule, 'notify')['slack'], []).some(({value}) => !isTemplated(value))) return true;
  return mappingsIn(json, 'routes').some(
    ({value: route}) => leadsSomewhere(route) && takes(route, ruleFactsOf(rule, nameOf(rule))),
  );
}

/** An expression may give no destination, if it is the only one. */
function leadsSomewhere(route: JsonObject): boolean {
  return textsAt([route['slack'], route['fallback']].flat(), []).some(({value}) => !isTemplated(value));
}

function takes(route: JsonObject, facts: RuleFacts): boolean {
  const match = isObject(route['match']) ? Object.entries(route['match']) : [];
  return match.every(
    ([key, wanted]) => (key === 'entity' && asksNothing(wanted)) || (isKey(key) && wants(wanted, facts[key])),
  );
}

function asksNothing(pattern: unknown): boolean {
  return itemsAt(pattern, []).some(({value}) => value === '*' || value === '**');
}

function isKey(key: string): key is RuleKey {
  return RULE_KEYS.some(one => one === key);
}
