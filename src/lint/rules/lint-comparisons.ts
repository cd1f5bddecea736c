/** Lint: comparisons in conditions and texts that always have the same result, because the value never occurs. Pure. */
import {equals} from '@actions/expressions/result';
import type {JsonObject} from '../../base/json.ts';
import {suggest} from '../../base/text/nearest.ts';
import {CHANGE_ACTIONS, CHANGE_SOURCES} from '../../change/change.ts';
import {toData} from '../../rules/expression/expression-data.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {article, type Blueprint, type Property} from '../catalog/blueprint.ts';
import {readsIn} from '../catalog/lint-reads.ts';
import {scalarText, type WrittenPart} from '../written.ts';
import {comparisonsIn, type ValueComparison} from './comparisons.ts';

/** Values that Port Reactor itself sets in a change. */
const WORDS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['change.action', CHANGE_ACTIONS],
  ['change.source', CHANGE_SOURCES],
]);

/** Reports comparisons such as `change.action == 'UPDATED'`. Needs no blueprint. */
export function checkWords(rule: WrittenPart<JsonObject>): FoundProblem[] {
  return checkEach(rule, comparison => {
    const name = comparison.path.join('.').toLowerCase();
    const words = WORDS.get(name);
    if (words === undefined || testsForUnset(comparison) || canBeTrue(comparison, words)) return undefined;
    return `${comparison.part} is never the ${name}${suggest(scalarText(comparison.value), words)}`;
  });
}

/** Reports comparisons with values that the property can't have, by its type or enum. */
export function checkComparisons(rule: WrittenPart<JsonObject>, {identifier, properties}: Blueprint): FoundProblem[] {
  const watched = scalarText(rule.value['property']).trim();
  return checkEach(rule, comparison => {
    const read = propertyRead(comparison, watched)?.toLowerCase();
    const property = [...properties.values()].find(({name}) => name.toLowerCase() === read);
    return property === undefined ? undefined : mistakeIn(comparison, `${property.name} of ${identifier}`, property);
  });
}

function checkEach(
  rule: WrittenPart<JsonObject>,
  mistake: (comparison: ValueComparison) => string | undefined,
): FoundProblem[] {
  return readsIn(rule).flatMap(({path, value}) =>
    comparisonsIn(value).flatMap(comparison => {
      const message = mistake(comparison);
      return message === undefined ? [] : [{path, part: comparison.part, message}];
    }),
  );
}

/** The property of `after.properties.x`, or of `change.to`, which is the property of the rule. */
function propertyRead({path}: ValueComparison, watched: string): string | undefined {
  const [root = '', second = '', name, ...deeper] = path;
  const start = `${root}.${second}`.toLowerCase();
  if (name === undefined) return ['change.from', 'change.to'].includes(start) && watched !== '' ? watched : undefined;
  return /^(before|after)\.properties$/.test(start) && deeper.length === 0 ? name : undefined;
}

/** An unset value equals null, '', false and 0, so a comparison with one of them is always valid. */
function testsForUnset({value}: ValueComparison): boolean {
  return value === null || value === '' || value === false || value === 0;
}

function canBeTrue({value, isEquality}: ValueComparison, values: readonly unknown[]): boolean {
  return !isEquality || values.some(known => equals(toData(known), toData(value)));
}

function mistakeIn(comparison: ValueComparison, what: string, {type, values}: Property): string | undefined {
  const {value, part, isEquality} = comparison;
  if (testsForUnset(comparison)) return undefined;
  const remedy = type === undefined ? undefined : remedyFor(comparison, type, values);
  if (remedy !== undefined && type !== undefined) {
    const relation = isEquality ? 'is never equal to' : "can't be compared with";
    return `${part} ${relation} ${what}, which is ${article(type)}. ${remedy}.`;
  }
  if (values === undefined || typeof value === 'boolean' || canBeTrue(comparison, values)) return undefined;
  return `${part} is not a value of ${what}${suggest(scalarText(value), values.map(scalarText))}`;
}

/** The fix for a value of another type. Undefined if GitHub's expressions can compare the two. */
function remedyFor(
  {path, value, part}: ValueComparison,
  type: string,
  values: readonly unknown[] | undefined,
): string | undefined {
  if (type === 'array') return `Write contains(${path.join('.')}, ${part})`;
  if (type === 'object') return 'Compare a value within it';
  if (typeof value === 'string') return remedyForText(value, type);
  if (type !== 'string' || values?.some(known => !Number.isNaN(Number(known)))) return undefined;
  if (values !== undefined) return `Write one of ${values.map(known => `'${scalarText(known)}'`).join(', ')}`;
  return typeof value === 'boolean' ? `Put quotes around it: '${value}'` : undefined;
}

/** GitHub converts a text to a number, and a boolean to 1 or 0. */
function remedyForText(text: string, type: string): string | undefined {
  if (!['number', 'integer', 'boolean'].includes(type) || !Number.isNaN(Number(text))) return undefined;
  if (type !== 'boolean') return 'Write a number';
  return `Write ${/^(true|false)$/i.test(text) ? `${text.toLowerCase()}, without quotes` : 'true or false'}`;
}
