/** Lint: changes and messages in rule tests that the rules, or Port, do not know: a test of a slip tests nothing. Pure. */
import {DEFAULT_DESTINATION} from '../decide/route.ts';
import type {FoundProblem} from '../rules/check-rules.ts';
import {compileExpression} from '../rules/expression.ts';
import {nearest, suggest} from '../rules/nearest.ts';
import {noProperty, type Properties, propertiesOf} from './blueprint.ts';
import type {Blueprints} from './lint-blueprints.ts';
import {checkValue} from './lint-blueprints.ts';
import {namedDestinations} from './lint-destinations.ts';
import {statusesOf, valuesOf} from './lint-rules.ts';
import {isTemplated, mappingIn, mappingsIn, type Part, type Path, scalarText, textsAt, under} from './written.ts';

/**
 * @param tests the file of rule tests, mended or not
 * @param rules the rules file, mended or not
 * @param destinations all that the workflows configure; undefined where they are not known
 */
export function lintRuleTests(
  tests: unknown,
  rules: unknown,
  {known}: Blueprints,
  destinations?: readonly string[],
): FoundProblem[] {
  return [
    ...changesIn(tests).flatMap(change => {
      const blueprint = scalarText(change.value['blueprint']).trim();
      const found = known.get(blueprint);
      const properties: Properties = found === undefined ? new Map() : propertiesOf(found);
      return [
        ...checkAgainstRules(change, blueprint, rules, properties),
        ...checkAgainstPort(change, blueprint, properties),
      ];
    }),
    ...checkDestinations(tests, rules, destinations),
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
  rules: unknown,
  ofPort: Properties,
): FoundProblem[] {
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

function slips(words: readonly Word[], known: readonly string[], what: string): FoundProblem[] {
  return words.flatMap(({value, ...where}) => {
    const near = known.includes(value) ? undefined : nearest(value, known);
    return near === undefined ? [] : [{...where, message: `${what} "${value}"; did you mean "${near}"?`}];
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

/** A message goes where the rules say; where expressions say it, to any destination that there is. */
function checkDestinations(
  tests: unknown,
  rules: unknown,
  destinations: readonly string[] | undefined,
): FoundProblem[] {
  const named = namedDestinations(rules).map(({value}) => value);
  const isOpen = named.some(isTemplated);
  if (isOpen && destinations === undefined) return [];
  const open = isOpen ? (destinations ?? []) : [];
  const known = [...new Set([...named.filter(name => !isTemplated(name)), ...open, DEFAULT_DESTINATION])];
  const what = isOpen ? 'no workflow defines the destination' : 'no rule and no route leads to the destination';
  return messagesIn(tests)
    .filter(({value}) => !known.includes(value))
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
