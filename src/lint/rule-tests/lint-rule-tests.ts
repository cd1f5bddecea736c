/** Lint: words in rule tests that are unknown to the rules or to Port. A test with a misspelt word tests nothing. Pure. */

import {isObject} from '../../base/json.ts';
import {mayBeCorrect, nearest, suggest} from '../../base/text/nearest.ts';
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import {compileExpression} from '../../rules/expression/expression.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {addressMistake} from '../../rules/values/destination.ts';
import {type Blueprint, noProperty, noRelation, toBlueprint} from '../catalog/blueprint.ts';
import type {Blueprints} from '../catalog/lint-blueprints.ts';
import {checkValue} from '../catalog/lint-blueprints.ts';
import {namedDestinations} from '../routes/lint-destinations.ts';
import {statusesOf, valuesOf} from '../rules/lint-rules.ts';
import {
  isTemplated,
  mappingIn,
  mappingsIn,
  scalarText,
  textsAt,
  under,
  type WrittenPart,
  type WrittenPath,
} from '../written.ts';
import {changesIn} from './test-changes.ts';

/** The rules to compare tests with. */
export interface RulesView {
  /** The content of the file. */
  readonly json: unknown;
  /** Words that are already reported as mistakes. A word that differs from them is possibly correct. */
  readonly reported: readonly string[];
}

/** Inputs besides the rules. */
export interface TestFacts extends Blueprints {
  /** All destinations that the workflows configure. Undefined if unknown. */
  readonly destinations?: readonly string[] | undefined;
  /** Reads the file of `event: <path>`. If absent, events in other files are not checked. */
  readonly readText?: ((path: string) => string) | undefined;
}

/** @param tests the file of rule tests, possibly with mistakes @param rules absent if the rules did not load */
export function lintRuleTests(
  tests: unknown,
  rules: RulesView | undefined,
  {known, destinations, readText}: TestFacts,
): FoundProblem[] {
  return [
    ...changesIn(tests, readText).flatMap(({locate, ...change}) => {
      const identifier = scalarText(change.value['blueprint']).trim();
      const blueprint = toBlueprint(identifier, known.get(identifier));
      return [
        ...(rules === undefined ? [] : checkAgainstRules(change, blueprint, rules)),
        ...checkAgainstPort(change, blueprint),
        ...checkRelations(change, blueprint),
      ].map(locate);
    }),
    ...(rules === undefined ? [] : checkDestinations(tests, rules, destinations)),
  ];
}

type Mapping = WrittenPart<Readonly<Record<string, unknown>>>;

/**
 * Reports words that are similar to a word of the rules, unless Port has them. Other words are allowed, because a test can
 * check that no rule matches.
 */
function checkAgainstRules(part: Mapping, blueprint: Blueprint, view: RulesView): FoundProblem[] {
  const {path, value: change} = part;
  const {json: rules, reported} = view;
  const typos = (words: readonly Word[], known: readonly string[], what: string) =>
    typosIn(words, known, what).filter(({near, value}) => !reported.includes(near) && !reported.includes(value));
  const all = mappingsIn(rules, 'rules').map(({value}) => value);
  const own = all.filter(rule => rule['blueprint'] === blueprint.identifier);
  if (own.length === 0) {
    const watched = all.flatMap(rule => textsAt(rule['blueprint'], []).map(({value}) => value));
    return typos(textsAt(change['blueprint'], [...path, 'blueprint']), watched, 'no rule watches the blueprint');
  }
  const property = scalarText(change['property']).trim();
  const statuses = blueprint.properties.get(property)?.values ? [] : statusesOf(mappingIn(rules, 'statuses'), property);
  const properties = blueprint.properties.size > 0 ? [] : own.flatMap(propertiesIn);
  const names = propertyNames(change, path);
  // If the entity also has the similar property, both names are intended.
  const isMissing = ({near}: Typo) => !names.some(({value}) => value === near);
  return [
    ...typos(names, properties, `no rule of ${blueprint.identifier} reads the property`).filter(isMissing),
    ...checkTeams(part, view),
    ...typos(valuesOf(change, path).filter(isText), statuses ?? [], `the statuses of ${property} do not include`),
  ];
}

/** Checks teams against the teams in routes, windows and silences. */
function checkTeams({path, value: change}: Mapping, {json: rules, reported}: RulesView): FoundProblem[] {
  const items = ['routes', 'mute', 'silences', 'inhibit'].flatMap(key => mappingsIn(rules, key));
  const selectedTeams = items.flatMap(({value}) =>
    textsAt(mappingIn(value, 'match')['team'], []).map(part => part.value),
  );
  const own = textsAt(change['team'], [...path, 'team']);
  return typosIn(own, selectedTeams, 'no route, window or silence selects the team').filter(
    ({near, value}) => !isSibling(near, value) && !reported.includes(near) && !own.some(part => part.value === near),
  );
}

/**
 * Whether two names differ only in one short part, such as `team-a` and `team-b`, or `eu-ops` and `us-ops`. These are not
 * typos.
 */
function isSibling(a: string, b: string): boolean {
  const [first, second] = [a, b].map(name => name.split(/[-_. ]/));
  if (first === undefined || second === undefined || first.length < 2 || first.length !== second.length) return false;
  const different = first.filter((part, index) => part !== second[index]);
  return different.length === 1 && different.every(part => part.length <= 3);
}

/** The changed property and the unchanged properties. */
function propertyNames(change: Mapping['value'], path: WrittenPath): Word[] {
  const others = Object.keys(mappingIn(change, 'properties'));
  return [
    ...textsAt(change['property'], [...path, 'property']),
    ...others.map(name => ({path: [...path, 'properties', name], value: name, atKey: true})),
  ];
}

type Word = WrittenPart<string> & {readonly atKey?: boolean};

function isText(part: WrittenPart<unknown>): part is WrittenPart<string> {
  return typeof part.value === 'string';
}

type Typo = FoundProblem & {readonly value: string; readonly near: string};

function typosIn(words: readonly Word[], known: readonly string[], what: string): Typo[] {
  return words.flatMap(word => {
    const near = known.includes(word.value) ? undefined : nearest(word.value, known);
    return near === undefined ? [] : [{...word, near, message: `${what} "${word.value}". Did you mean "${near}"?`}];
  });
}

/** The properties that a rule reads: its own property, and those in its condition. */
function propertiesIn({property, if: condition}: Readonly<Record<string, unknown>>): string[] {
  return [...textsAt(property, []).map(({value}) => value), ...propertiesRead(condition)];
}

function propertiesRead(condition: unknown): readonly string[] {
  try {
    return compileExpression(scalarText(condition)).properties;
  } catch {
    return []; // the rule has no condition, or the loader reports it
  }
}

/** Reports values that Port would never send. */
function checkAgainstPort({path, value: change}: Mapping, blueprint: Blueprint): FoundProblem[] {
  const {identifier, properties} = blueprint;
  if (properties.size === 0) return [];
  const name = scalarText(change['property']).trim();
  const property = properties.get(name);
  const unknown = propertyNames(change, path).filter(({value}) => !properties.has(value));
  return [
    ...unknown.map(({value, ...where}) => ({
      ...where,
      message: noProperty(blueprint, value, 'never reported'),
    })),
    ...(property === undefined ? [] : valuesOf(change, path).flatMap(part => checkValue(part, identifier, property))),
  ];
}

function checkRelations({path, value}: Mapping, {identifier, relations: known}: Blueprint): FoundProblem[] {
  if (known === undefined) return [];
  const unknown = Object.keys(mappingIn(value, 'relations')).filter(name => !known.includes(name));
  return unknown.map(name => ({
    path: [...path, 'relations', name],
    atKey: true,
    message: noRelation(identifier, name, known),
  }));
}

/** Reports unknown destinations. If an expression sets the destination, any configured destination is valid. */
function checkDestinations(
  tests: unknown,
  {json, reported}: RulesView,
  destinations: readonly string[] | undefined,
): FoundProblem[] {
  const named = namedDestinations(json).map(({value}) => value);
  const isOpen = named.some(isTemplated);
  const own = destinationsIn(tests);
  const configured = own ?? destinations;
  if (isOpen && configured === undefined) return [];
  const open = isOpen ? (configured ?? []) : [];
  const known = [...new Set([...named.filter(name => !isTemplated(name)), ...open, DEFAULT_DESTINATION])];
  const source = own === undefined ? 'no workflow defines' : '`destinations` of this file does not list';
  const what = isOpen ? `${source} the destination` : 'no rule or route uses the destination';
  return messagesIn(tests)
    .filter(({value}) => !known.includes(value) && addressMistake(value) === undefined)
    .filter(({value}) => !mayBeCorrect(value, known, reported))
    .map(({path, value}) => ({path, message: `${what} "${value}"${suggest(value, known)}`}));
}

/** The destinations that the file itself lists. They override those of the workflows, as in test runs. */
function destinationsIn(tests: unknown): readonly string[] | undefined {
  const written = isObject(tests) ? tests['destinations'] : undefined;
  return written === undefined ? undefined : textsAt(written, ['destinations']).map(({value}) => value);
}

function messagesIn(tests: unknown): WrittenPart<string>[] {
  const all = mappingsIn(tests, 'tests');
  const holders = all.flatMap(test => [test, ...under(test.path, mappingsIn(test.value, 'changes'))]);
  return holders.flatMap(({path, value}) => {
    const messages = under([...path, 'expect'], mappingsIn(mappingIn(value, 'expect'), 'messages'));
    return messages.flatMap(message => textsAt(message.value['slack'], [...message.path, 'slack']));
  });
}
