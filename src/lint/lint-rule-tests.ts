/** Lint: changes and messages in rule tests that the rules, or Port, do not know: a test of a slip tests nothing. Pure. */
import {DEFAULT_DESTINATION} from '../decide/route.ts';
import type {FoundProblem} from '../rules/check-rules.ts';
import {addressMistake} from '../rules/destination.ts';
import {compileExpression} from '../rules/expression.ts';
import {mayBeMended, nearest, suggest} from '../rules/nearest.ts';
import {noProperty, noRelation, type Properties, propertiesOf, relationsOf} from './blueprint.ts';
import type {Blueprints} from './lint-blueprints.ts';
import {checkValue} from './lint-blueprints.ts';
import {namedDestinations} from './lint-destinations.ts';
import {statusesOf, valuesOf} from './lint-rules.ts';
import {isTemplated, mappingIn, mappingsIn, type Part, type Path, scalarText, textsAt, under} from './written.ts';

/** The rules that tests are compared with. */
export interface RulesView {
  /** The content of the file. */
  readonly json: unknown;
  /** What of it is told to be a mistake already: what differs from it may be right. */
  readonly doubtful: readonly string[];
}

/**
 * @param tests the file of rule tests, mended or not
 * @param rules absent where they did not load: what mended ones would say, nobody knows
 * @param destinations all that the workflows configure; undefined where they are not known
 */
export function lintRuleTests(
  tests: unknown,
  rules: RulesView | undefined,
  {known}: Blueprints,
  destinations?: readonly string[],
): FoundProblem[] {
  return [
    ...changesIn(tests).flatMap(change => {
      const blueprint = scalarText(change.value['blueprint']).trim();
      const found = known.get(blueprint);
      const properties: Properties = found === undefined ? new Map() : propertiesOf(found);
      return [
        ...(rules === undefined ? [] : checkAgainstRules(change, blueprint, rules, properties)),
        ...checkAgainstPort(change, blueprint, properties),
        ...checkRelations(change, blueprint, found === undefined ? undefined : relationsOf(found)),
      ];
    }),
    ...(rules === undefined ? [] : checkDestinations(tests, rules, destinations)),
  ];
}

type Mapping = Part<Readonly<Record<string, unknown>>>;

/** Those in the short form. */
function changesIn(tests: unknown): Mapping[] {
  return mappingsIn(tests, 'tests').flatMap(({path, value: test}) => {
    const several = under(path, mappingsIn(test, 'changes'));
    return [{path: [...path, 'change'], value: mappingIn(test, 'change')}, ...several];
  });
}

/** Silence may be tested of anything; what is nearly a word of the rules was meant to be it, unless Port knows better. */
function checkAgainstRules(
  {path, value: change}: Mapping,
  blueprint: string,
  {json: rules, doubtful}: RulesView,
  ofPort: Properties,
): FoundProblem[] {
  const slips = (words: readonly Word[], known: readonly string[], what: string) =>
    slipsIn(words, known, what).filter(({near, value}) => !doubtful.includes(near) && !doubtful.includes(value));
  const all = mappingsIn(rules, 'rules').map(({value}) => value);
  const own = all.filter(rule => rule['blueprint'] === blueprint);
  if (own.length === 0) {
    const watched = all.flatMap(rule => textsAt(rule['blueprint'], []).map(({value}) => value));
    return slips(textsAt(change['blueprint'], [...path, 'blueprint']), watched, 'no rule watches the blueprint');
  }
  const property = scalarText(change['property']).trim();
  const statuses = ofPort.get(property)?.values ? [] : statusesOf(mappingIn(rules, 'statuses'), property);
  const properties = ofPort.size > 0 ? [] : own.flatMap(propertiesIn);
  return [
    ...slips(propertyNames(change, path), properties, `no rule of ${blueprint} looks at the property`),
    ...slips(valuesOf(change, path).filter(isText), statuses ?? [], `among the statuses of ${property} is no`),
  ];
}

/** The property that changes, and those that do not. */
function propertyNames(change: Mapping['value'], path: Path): Word[] {
  const others = Object.keys(mappingIn(change, 'properties'));
  return [
    ...textsAt(change['property'], [...path, 'property']),
    ...others.map(name => ({path: [...path, 'properties', name], value: name, atKey: true})),
  ];
}

type Word = Part<string> & {readonly atKey?: boolean};

function isText(part: Part<unknown>): part is Part<string> {
  return typeof part.value === 'string';
}

type Slip = FoundProblem & {readonly value: string; readonly near: string};

function slipsIn(words: readonly Word[], known: readonly string[], what: string): Slip[] {
  return words.flatMap(word => {
    const near = known.includes(word.value) ? undefined : nearest(word.value, known);
    return near === undefined ? [] : [{...word, near, message: `${what} "${word.value}"; did you mean "${near}"?`}];
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
    return []; // there is none, or the loader tells of it
  }
}

/** What Port would never send. */
function checkAgainstPort({path, value: change}: Mapping, blueprint: string, properties: Properties): FoundProblem[] {
  if (properties.size === 0) return [];
  const name = scalarText(change['property']).trim();
  const property = properties.get(name);
  const unknown = propertyNames(change, path).filter(({value}) => !properties.has(value));
  return [
    ...unknown.map(({value, ...where}) => ({
      ...where,
      message: noProperty(blueprint, value, 'never reported', properties),
    })),
    ...(property === undefined
      ? []
      : valuesOf(change, path).flatMap(part => checkValue(part, blueprint, name, property))),
  ];
}

function checkRelations(
  {path, value}: Mapping,
  blueprint: string,
  known: readonly string[] | undefined,
): FoundProblem[] {
  if (known === undefined) return [];
  const unknown = Object.keys(mappingIn(value, 'relations')).filter(name => !known.includes(name));
  return unknown.map(name => ({
    path: [...path, 'relations', name],
    atKey: true,
    message: noRelation(blueprint, name, known),
  }));
}

/** A message goes where the rules say; where expressions say it, to any destination that there is. */
function checkDestinations(
  tests: unknown,
  {json, doubtful}: RulesView,
  destinations: readonly string[] | undefined,
): FoundProblem[] {
  const named = namedDestinations(json).map(({value}) => value);
  const isOpen = named.some(isTemplated);
  if (isOpen && destinations === undefined) return [];
  const open = isOpen ? (destinations ?? []) : [];
  const known = [...new Set([...named.filter(name => !isTemplated(name)), ...open, DEFAULT_DESTINATION])];
  const what = isOpen ? 'no workflow defines the destination' : 'no rule and no route leads to the destination';
  return messagesIn(tests)
    .filter(({value}) => !known.includes(value) && addressMistake(value) === undefined)
    .filter(({value}) => !mayBeMended(value, known, doubtful))
    .map(({path, value}) => ({path, message: `${what} "${value}"${suggest(value, known)}`}));
}

function messagesIn(tests: unknown): Part<string>[] {
  const all = mappingsIn(tests, 'tests');
  const holders = all.flatMap(test => [test, ...under(test.path, mappingsIn(test.value, 'changes'))]);
  return holders.flatMap(({path, value}) => {
    const messages = under([...path, 'expect'], mappingsIn(mappingIn(value, 'expect'), 'messages'));
    return messages.flatMap(message => textsAt(message.value['slack'], [...message.path, 'slack']));
  });
}
