/** Lint: rules against the blueprints that they watch: what Port never reports. Pure. */
import type {JsonObject} from '../../base/json.ts';
import {nearest, suggest} from '../../base/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {checkComparisons} from '../rules/lint-comparisons.ts';
import {valuesOf} from '../rules/lint-rules.ts';
import {mappingsIn, quotingProblem, scalarText, textsAt, type WrittenPart, type WrittenPath} from '../written.ts';
import {
  article,
  noProperty,
  type Properties,
  type Property,
  propertiesOf,
  relationsOf,
  silenceOf,
} from './blueprint.ts';
import {checkReads, checkRelations, checkShared} from './lint-reads.ts';

/** The blueprints that there are to compare with. */
export interface Blueprints {
  /** By identifier. Undefined for those that Port does not have. Of what is not in it, nothing is known. */
  readonly known: ReadonlyMap<string, Readonly<JsonObject> | undefined>;
  /** Identifiers of blueprints of Port's, for suggestions. */
  readonly names: readonly string[];
}

export const NO_BLUEPRINTS: Blueprints = {known: new Map(), names: []};

/** @param json the rules file, with or without mistakes */
export function lintBlueprints(json: unknown, {known, names}: Blueprints): FoundProblem[] {
  const rules = mappingsIn(json, 'rules').map(part => ({...part, blueprint: textOf(part.value['blueprint'])}));
  const ofRules = rules.flatMap(({path, value, blueprint}) => {
    const found = known.get(blueprint);
    const rule = {path, value};
    if (found !== undefined) {
      return [
        ...(isRelation(rule, found)
          ? [relationProblem(rule, blueprint)]
          : checkRule(rule, blueprint, propertiesOf(found))),
        ...checkRelations(rule, blueprint, relationsOf(found)),
      ];
    }
    return checkName(blueprint, [...path, 'blueprint'], known.has(blueprint), names);
  });
  const watched = [...new Set(rules.map(({blueprint}) => blueprint))].map(name => known.get(name));
  const all = watched.filter(found => found !== undefined);
  return [...ofRules, ...(all.length < watched.length || all.length === 0 ? [] : checkShared(json, all))];
}

function isRelation({value}: WrittenPart<JsonObject>, blueprint: Readonly<JsonObject>): boolean {
  const name = textOf(value['property']);
  return !propertiesOf(blueprint).has(name) && relationsOf(blueprint)?.includes(name) === true;
}

function relationProblem({path, value}: WrittenPart<JsonObject>, blueprint: string): FoundProblem {
  const relation = `relations.${textOf(value['property'])}`;
  const message = `is a relation of ${blueprint}, not a property, so it is never reported. Leave out \`property\`, and write \`if: before.${relation} != after.${relation}\`.`;
  return {path: [...path, 'property'], message};
}

/** Port says what it does not have. Files may not be complete. */
function checkName(blueprint: string, path: WrittenPath, isAbsent: boolean, names: readonly string[]): FoundProblem[] {
  if (isAbsent) return [{path, message: `Port has no blueprint "${blueprint}"${suggest(blueprint, names)}`}];
  const near = nearest(blueprint, names);
  if (near === undefined) return [];
  const message = `no blueprint "${blueprint}" is given. Did you mean "${near}"? If not, give its file, too, with --blueprint.`;
  return [{path, message}];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function checkRule(rule: WrittenPart<JsonObject>, blueprint: string, properties: Properties): FoundProblem[] {
  if (properties.size === 0) return [];
  return [checkTrigger, checkReads, checkComparisons].flatMap(check => check(rule, blueprint, properties));
}

/** The property that the rule watches. */
function checkTrigger(
  {path, value: rule}: WrittenPart<JsonObject>,
  blueprint: string,
  properties: Properties,
): FoundProblem[] {
  const name = textOf(rule['property']);
  const at = [...path, 'property'];
  if (name === '') return checkTimer(rule, path, blueprint, properties);
  const property = properties.get(name);
  if (property === undefined) return [{path: at, message: noProperty(blueprint, name, 'never reported', properties)}];
  const silence = silenceOf(blueprint, name, property);
  if (silence !== undefined) return [{path: at, message: silence}];
  return [
    ...(waitsForTimer(rule) && property.format !== 'timer'
      ? [{path: at, message: `${name} of ${blueprint} is not a timer, so it never expires${suggestTimer(properties)}`}]
      : []),
    ...checkEdges(rule, path, blueprint, name, property),
    ...valuesOf(rule, path).flatMap(part => checkValue(part, blueprint, name, property)),
  ];
}

function waitsForTimer(rule: JsonObject): boolean {
  return textsAt(rule['on'], []).some(({value}) => value === 'timer-expired');
}

function checkTimer(rule: JsonObject, path: WrittenPath, blueprint: string, properties: Properties): FoundProblem[] {
  if (!waitsForTimer(rule) || timersIn(properties).length > 0) return [];
  return [
    {
      path: [...path, 'on'],
      message: `blueprint ${blueprint} has no timer that could expire. Add a property of the format timer, or fix \`blueprint\`.`,
    },
  ];
}

function timersIn(properties: Properties): string[] {
  return [...properties].filter(([, {format}]) => format === 'timer').map(([name]) => name);
}

function suggestTimer(properties: Properties): string {
  const timers = timersIn(properties);
  return timers.length === 0 ? '. It has none at all.' : `. Use ${timers.join(' or ')}.`;
}

function checkEdges(
  rule: JsonObject,
  path: WrittenPath,
  blueprint: string,
  name: string,
  {type}: Property,
): FoundProblem[] {
  if (type === undefined || type === 'number' || type === 'integer') return [];
  return ['above', 'below']
    .filter(key => rule[key] !== undefined)
    .map(key => ({
      path: [...path, key],
      atKey: true,
      message: `can never hold: ${name} of ${blueprint} is ${article(type)}, not a number. Use \`from\` and \`to\`, or a property that is a number.`,
    }));
}

/** Whether a property can have the value at all. */
export function checkValue(
  {path, value}: WrittenPart<unknown>,
  blueprint: string,
  name: string,
  {type, values}: Property,
): FoundProblem[] {
  if (value === null || typeof value === 'object') return [];
  const what = `${name} of ${blueprint}`;
  const problem = (message: Parameters<typeof quotingProblem>[1]) => [quotingProblem({path, value}, message)];
  if (type === 'array' || type === 'object') {
    return problem(
      (_, bare) =>
        `is never seen: ${what} is ${article(type)}, which is not a single value. Use \`if\`, as contains(after.properties.${name}, '${bare}').`,
    );
  }
  if (values?.includes(value)) return [];
  const wanted = type === 'integer' ? 'number' : type;
  if (wanted !== undefined && ['string', 'number', 'boolean'].includes(wanted) && typeof value !== wanted) {
    return problem(
      (quoted, bare) => `${quoted} is never seen: ${what} is ${article(wanted)}. ${rewrite(value, bare, wanted)}`,
    );
  }
  if (values === undefined) return [];
  const known = values.map(scalarText);
  return problem((quoted, bare) => `${quoted} is not a value of ${what}, so it is never seen${suggest(bare, known)}`);
}

/** @param bare the value as it is written */
function rewrite(value: unknown, bare: string, wanted: string): string {
  if (wanted === 'string') return `Put quotes around it: "${bare}".`;
  const text = scalarText(value).trim().toLowerCase().replace(/%$/, '');
  const fits = wanted === 'boolean' ? /^(true|false)$/.test(text) : /^-?\d+(\.\d+)?$/.test(text);
  return fits ? `Write ${text}, without quotes.` : `Write ${wanted === 'boolean' ? 'true or false' : 'a number'}.`;
}
