/** Lint: changes and messages in rule tests that the rules, or Port, do not know: a test of a misspelt word tests nothing. Pure. */

import {isObject} from '../../base/json.ts';
import {mayBeCorrect, nearest, suggest} from '../../base/nearest.ts';
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import {compileExpression} from '../../rules/expression/expression.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {addressMistake} from '../../rules/values/destination.ts';
import {type Blueprint, noProperty, noRelation, toBlueprint} from '../catalog/blueprint.ts';
import type {Blueprints} from '../catalog/lint-blueprints.ts';
import {checkValue} from '../catalog/lint-blueprints.ts';
import {namedDestinations} from '../rules/lint-destinations.ts';
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

/** The rules that tests are compared with. */
export interface RulesView {
  /** The content of the file. */
  readonly json: unknown;
  /** What is reported as a mistake already. What differs from it may be right. */
  readonly doubtful: readonly string[];
}

/** What is known beside the rules. */
export interface TestFacts extends Blueprints {
  /** All that the workflows configure. Undefined if they are not known. */
  readonly destinations?: readonly string[] | undefined;
  /** For `event: <path>`. Without it, events in other files are not looked at. */
  readonly readText?: ((path: string) => string) | undefined;
}

/**
 * @param tests the file of rule tests, with mistakes or not
 * @param rules absent if they did not load: what they will say when they are fixed is not known
 */
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

/** Silence may be tested of anything. What is nearly a word of the rules was meant to be it, unless Port knows better. */
function checkAgainstRules(part: Mapping, blueprint: Blueprint, view: RulesView): FoundProblem[] {
  const {path, value: change} = part;
  const {json: rules, doubtful} = view;
  const slips = (words: readonly Word[], known: readonly string[], what: string) =>
    slipsIn(words, known, what).filter(({near, value}) => !doubtful.includes(near) && !doubtful.includes(value));
  const all = mappingsIn(rules, 'rules').map(({value}) => value);
  const own = all.filter(rule => rule['blueprint'] === blueprint.identifier);
  if (own.length === 0) {
    const watched = all.flatMap(rule => textsAt(rule['blueprint'], []).map(({value}) => value));
    return slips(textsAt(change['blueprint'], [...path, 'blueprint']), watched, 'no rule watches the blueprint');
  }
  const property = scalarText(change['property']).trim();
  const statuses = blueprint.properties.get(property)?.values ? [] : statusesOf(mappingIn(rules, 'statuses'), property);
  const properties = blueprint.properties.size > 0 ? [] : own.flatMap(propertiesIn);
  const names = propertyNames(change, path);
  // An entity that has the word itself has the other one as well.
  const isMissing = ({near}: Slip) => !names.some(({value}) => value === near);
  return [
    ...slips(names, properties, `no rule of ${blueprint.identifier} looks at the property`).filter(isMissing),
    ...checkTeams(part, view),
    ...slips(valuesOf(change, path).filter(isText), statuses ?? [], `the statuses of ${property} do not include`),
  ];
}

/** Teams are known only as far as routes, windows and silences ask for them. */
function checkTeams({path, value: change}: Mapping, {json: rules, doubtful}: RulesView): FoundProblem[] {
  const items = ['routes', 'mute', 'silences', 'inhibit'].flatMap(key => mappingsIn(rules, key));
  const asked = items.flatMap(({value}) => textsAt(mappingIn(value, 'match')['team'], []).map(part => part.value));
  const own = textsAt(change['team'], [...path, 'team']);
  return slipsIn(own, asked, 'no route, window or silence asks for the team').filter(
    ({near, value}) => !isSibling(near, value) && !doubtful.includes(near) && !own.some(part => part.value === near),
  );
}

/** `team-a` and `team-b`, `eu-ops` and `us-ops`: two names that differ in one short part are two names. */
function isSibling(a: string, b: string): boolean {
  const [first, second] = [a, b].map(name => name.split(/[-_. ]/));
  if (first === undefined || second === undefined || first.length < 2 || first.length !== second.length) return false;
  const different = first.filter((part, index) => part !== second[index]);
  return different.length === 1 && different.every(part => part.length <= 3);
}

/** The property that changes, and those that do not. */
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

type Slip = FoundProblem & {readonly value: string; readonly near: string};

function slipsIn(words: readonly Word[], known: readonly string[], what: string): Slip[] {
  return words.flatMap(word => {
    const near = known.includes(word.value) ? undefined : nearest(word.value, known);
    return near === undefined ? [] : [{...word, near, message: `${what} "${word.value}". Did you mean "${near}"?`}];
  });
}

/** What a rule looks at: its property, and what its condition reads. */
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

/** What Port would never send. */
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

/** A message goes to a destination of the rules. If an expression decides, to any destination that is configured. */
function checkDestinations(
  tests: unknown,
  {json, doubtful}: RulesView,
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
  const what = isOpen ? `${source} the destination` : 'no rule and no route leads to the destination';
  return messagesIn(tests)
    .filter(({value}) => !known.includes(value) && addressMistake(value) === undefined)
    .filter(({value}) => !mayBeCorrect(value, known, doubtful))
    .map(({path, value}) => ({path, message: `${what} "${value}"${suggest(value, known)}`}));
}

/** What the file itself says is configured: it counts instead of the workflows, as it does when the tests run. */
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
