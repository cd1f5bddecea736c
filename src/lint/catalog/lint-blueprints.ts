/** Lint: compares rules with their blueprints to find changes that Port never reports. Pure. */
import type {JsonObject} from '../../base/json.ts';
import {nearest, suggest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {checkComparisons} from '../rules/lint-comparisons.ts';
import {valuesOf} from '../rules/lint-rules.ts';
import {mappingsIn, quotingProblem, scalarText, textsAt, type WrittenPart} from '../written.ts';
import {
  article,
  type Blueprint,
  explainUnreported,
  noProperty,
  type Properties,
  type Property,
  toBlueprint,
} from './blueprint.ts';
import {checkReads, checkRelations, checkShared} from './lint-reads.ts';

/** The blueprints to compare with. */
export interface Blueprints {
  /** By identifier, as returned by Port's API. Undefined if Port does not have the blueprint. Absent if that is unknown. */
  readonly known: ReadonlyMap<string, Readonly<JsonObject> | undefined>;
  /** Identifiers of the blueprints in Port, for suggestions. */
  readonly names: readonly string[];
}

export const NO_BLUEPRINTS: Blueprints = {known: new Map(), names: []};

/** @param json the rules file, possibly with mistakes */
export function lintBlueprints(json: unknown, {known, names}: Blueprints): FoundProblem[] {
  const rules = mappingsIn(json, 'rules').map(rule => ({rule, name: textOf(rule.value['blueprint'])}));
  const watched = new Set(rules.map(({name}) => name));
  const blueprints = new Map([...watched].flatMap(name => entryOf(name, known.get(name))));
  const ofRules = rules.flatMap(({rule, name}) => {
    const blueprint = blueprints.get(name);
    if (blueprint !== undefined) return checkRule(rule, blueprint);
    return checkName({path: [...rule.path, 'blueprint'], value: name}, known.has(name), names);
  });
  const isComplete = blueprints.size > 0 && blueprints.size === watched.size;
  return [...ofRules, ...(isComplete ? checkShared(json, [...blueprints.values()]) : [])];
}

function entryOf(name: string, json: Readonly<JsonObject> | undefined): [string, Blueprint][] {
  return json === undefined ? [] : [[name, toBlueprint(name, json)]];
}

function checkRule(rule: WrittenPart<JsonObject>, blueprint: Blueprint): FoundProblem[] {
  const ofProperties = isRelation(rule, blueprint)
    ? [relationProblem(rule, blueprint.identifier)]
    : checkProperties(rule, blueprint);
  return [...ofProperties, ...checkRelations(rule, blueprint)];
}

function isRelation({value}: WrittenPart<JsonObject>, {properties, relations}: Blueprint): boolean {
  const name = textOf(value['property']);
  return !properties.has(name) && relations?.includes(name) === true;
}

function relationProblem({path, value}: WrittenPart<JsonObject>, blueprint: string): FoundProblem {
  const relation = `relations.${textOf(value['property'])}`;
  const message = `is a relation of ${blueprint}, not a property, so it is never reported. Remove \`property\`, and write \`if: before.${relation} != after.${relation}\`.`;
  return {path: [...path, 'property'], message};
}

/** @param isAbsent whether Port does not have the blueprint. Blueprint files can be incomplete */
function checkName(
  {path, value: blueprint}: WrittenPart<string>,
  isAbsent: boolean,
  names: readonly string[],
): FoundProblem[] {
  if (isAbsent) return [{path, message: `Port has no blueprint "${blueprint}"${suggest(blueprint, names)}`}];
  const near = nearest(blueprint, names);
  if (near === undefined) return [];
  const message = `no file for blueprint "${blueprint}". Did you mean "${near}"? If not, add its file with --blueprint.`;
  return [{path, message}];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function checkProperties(rule: WrittenPart<JsonObject>, blueprint: Blueprint): FoundProblem[] {
  if (blueprint.properties.size === 0) return [];
  return [checkTrigger, checkReads, checkComparisons].flatMap(check => check(rule, blueprint));
}

/** Checks the property of the rule. */
function checkTrigger(rule: WrittenPart<JsonObject>, blueprint: Blueprint): FoundProblem[] {
  const {identifier, properties} = blueprint;
  const name = textOf(rule.value['property']);
  const path = [...rule.path, 'property'];
  if (name === '') return checkTimer(rule, blueprint);
  const property = properties.get(name);
  if (property === undefined) return [{path, message: noProperty(blueprint, name, 'never reported')}];
  const message = explainUnreported(identifier, property);
  if (message !== undefined) return [{path, message: message}];
  const noTimer = `${name} of ${identifier} is not a timer, so it never expires${suggestTimer(properties)}`;
  return [
    ...(waitsForTimer(rule.value) && property.format !== 'timer' ? [{path, message: noTimer}] : []),
    ...checkEdges(rule, identifier, property),
    ...valuesOf(rule.value, rule.path).flatMap(part => checkValue(part, identifier, property)),
  ];
}

function waitsForTimer(rule: JsonObject): boolean {
  return textsAt(rule['on'], []).some(({value}) => value === 'timer-expired');
}

function checkTimer({path, value: rule}: WrittenPart<JsonObject>, {identifier, properties}: Blueprint): FoundProblem[] {
  if (!waitsForTimer(rule) || timersIn(properties).length > 0) return [];
  const message = `blueprint ${identifier} has no timer property. Add a property with the format timer, or fix \`blueprint\`.`;
  return [{path: [...path, 'on'], message}];
}

function timersIn(properties: Properties): string[] {
  return [...properties.values()].filter(({format}) => format === 'timer').map(({name}) => name);
}

function suggestTimer(properties: Properties): string {
  const timers = timersIn(properties);
  return timers.length === 0 ? '. The blueprint has no timer.' : `. Use ${timers.join(' or ')}.`;
}

function checkEdges(
  {path, value: rule}: WrittenPart<JsonObject>,
  blueprint: string,
  {name, type}: Property,
): FoundProblem[] {
  if (type === undefined || type === 'number' || type === 'integer') return [];
  return ['above', 'below']
    .filter(key => rule[key] !== undefined)
    .map(key => ({
      path: [...path, key],
      atKey: true,
      message: `can never match: ${name} of ${blueprint} is ${article(type)}, not a number. Use \`from\` and \`to\`, or a number property.`,
    }));
}

/** Reports a value that the property can never have. */
export function checkValue(
  {path, value}: WrittenPart<unknown>,
  blueprint: string,
  {name, type, values}: Property,
): FoundProblem[] {
  if (value === null || typeof value === 'object') return [];
  const what = `${name} of ${blueprint}`;
  const problem = (message: Parameters<typeof quotingProblem>[1]) => [quotingProblem({path, value}, message)];
  if (type === 'array' || type === 'object') {
    return problem(
      (_, bare) =>
        `never occurs: ${what} is ${article(type)}, which is not a single value. Use \`if\`, for example contains(after.properties.${name}, '${bare}').`,
    );
  }
  if (values?.includes(value)) return [];
  const wanted = type === 'integer' ? 'number' : type;
  if (wanted !== undefined && ['string', 'number', 'boolean'].includes(wanted) && typeof value !== wanted) {
    return problem(
      (quoted, bare) => `${quoted} never occurs: ${what} is ${article(wanted)}. ${rewrite(value, bare, wanted)}`,
    );
  }
  if (values === undefined) return [];
  const known = values.map(scalarText);
  return problem((quoted, bare) => `${quoted} is not a value of ${what}, so it never occurs${suggest(bare, known)}`);
}

/** @param bare the value as written */
function rewrite(value: unknown, bare: string, wanted: string): string {
  if (wanted === 'string') return `Put quotes around it: "${bare}".`;
  const text = scalarText(value).trim().toLowerCase().replace(/%$/, '');
  const fits = wanted === 'boolean' ? /^(true|false)$/.test(text) : /^-?\d+(\.\d+)?$/.test(text);
  return fits ? `Write ${text}, without quotes.` : `Write ${wanted === 'boolean' ? 'true or false' : 'a number'}.`;
}
