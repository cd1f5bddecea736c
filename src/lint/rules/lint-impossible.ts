/** Lint: rules, routes, windows and silences that load but can never match, regardless of the catalog. Pure. */
import type {JsonObject} from '../../base/json.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {toBlueprint} from '../catalog/blueprint.ts';
import type {Blueprints} from '../catalog/lint-blueprints.ts';
import {readsIn} from '../catalog/lint-reads.ts';
import {mappingIn, mappingsIn, scalarText, textsAt, under, type WrittenPart, type WrittenPath} from '../written.ts';
import {comparedPaths, comparisonsIn} from './comparisons.ts';
import {blueprintHint, comparisonHint, matchHint, propertyHint, valueHint} from './impossible-hints.ts';
import {statusesOf, valuesOf} from './lint-rules.ts';

/**
 * @param json the rules file, possibly with mistakes
 * @param blueprints values that they contain are not reported, because a value can be `any`
 */
export function lintImpossible(json: unknown, {known}: Blueprints): FoundProblem[] {
  const statuses = mappingIn(json, 'statuses');
  const items = ['routes', 'mute', 'silences', 'inhibit'].flatMap(key => mappingsIn(json, key));
  return [
    ...mappingsIn(json, 'rules').flatMap(rule => {
      const identifier = scalarText(rule.value['blueprint']).trim();
      const blueprint = known.get(identifier);
      const property = scalarText(rule.value['property']).trim();
      const {properties} = toBlueprint(identifier, blueprint);
      const values = properties.get(property)?.values ?? statusesOf(statuses, property) ?? [];
      return [
        ...(blueprint === undefined ? checkTexts(rule, 'blueprint', blueprintHint) : []),
        ...(properties.has(property) ? [] : checkTexts(rule, 'property', propertyHint)),
        ...checkValues(rule, property, values),
        ...checkComparisons(rule),
        ...checkLists(rule),
      ];
    }),
    ...items.flatMap(checkMatch),
  ];
}

function checkTexts(
  {path, value}: WrittenPart<JsonObject>,
  key: string,
  hint: (text: string) => string | undefined,
): FoundProblem[] {
  return textsAt(value[key], [...path, key]).flatMap(part => problem(part.path, hint(part.value)));
}

function problem(path: WrittenPath, message: string | undefined): FoundProblem[] {
  return message === undefined ? [] : [{path, message}];
}

function checkValues(
  {path, value: rule}: WrittenPart<JsonObject>,
  property: string,
  known: readonly unknown[],
): FoundProblem[] {
  const named = valuesOf(rule, path);
  const ending = under([...path, 'clear'], valuesOf(mappingIn(rule, 'clear'), []));
  return [...named, ...ending].flatMap(({path: at, value}) => {
    if (property === '' || typeof value !== 'string' || known.includes(value)) return [];
    const key = at.includes('from') ? 'from' : 'to';
    return problem(at, valueHint(key, value, property));
  });
}

function checkMatch({path, value: item}: WrittenPart<JsonObject>): FoundProblem[] {
  const match = mappingIn(item, 'match');
  return Object.keys(match).flatMap(key =>
    textsAt(match[key], [...path, 'match', key]).flatMap(part => problem(part.path, matchHint(key, part.value))),
  );
}

const TEAM = /^(change|before|after)\.team$/i;

/** Reports comparisons of lists, which are never equal, even with the same items. */
function checkLists(rule: WrittenPart<JsonObject>): FoundProblem[] {
  return readsIn(rule).flatMap(({path, value: source}) =>
    comparedPaths(source)
      .filter(names => names.some(name => TEAM.test(name)))
      .map(([left, right]) => ({
        path,
        part: left,
        message: `${left} and ${right} are never equal, because they are lists. Compare them as strings, for example join(${left}) != join(${right}).`,
      })),
  );
}

/** Reports comparisons of a list with a text, and comparisons with a pattern, which is an ordinary text. */
function checkComparisons(rule: WrittenPart<JsonObject>): FoundProblem[] {
  return readsIn(rule).flatMap(({path, value: source}) =>
    comparisonsIn(source).flatMap(({path: names, value, part, isEquality}) => {
      const name = names.join('.');
      if (!isEquality || typeof value !== 'string' || value === '') return [];
      const isTeam = TEAM.test(name);
      const instead = isTeam ? `contains(${name}, ${part})` : comparisonHint(name, value);
      if (instead === undefined) return [];
      const why = isTeam ? `${name} is a list, which is never equal to a string` : `${part} is compared literally`;
      return [{path, part, message: `${why}. Write ${instead}.`}];
    }),
  );
}
