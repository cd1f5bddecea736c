/** Lint: rules that load but probably do not work as intended: they never match, always match, or match twice. Pure. */
import {canonicalJson, isObject, type JsonObject} from '../../base/json.ts';
import {suggest} from '../../base/text/nearest.ts';
import {firstOfEach} from '../../rules/check/check-rules.ts';
import {compileExpression} from '../../rules/expression/expression.ts';
import {ExpressionContext} from '../../rules/expression/expression-data.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {
  itemsAt,
  mappingIn,
  mappingsIn,
  quotingProblem,
  scalarText,
  type WrittenPart,
  type WrittenPath,
} from '../written.ts';
import {checkWords} from './lint-comparisons.ts';

/** @param json the rules file, possibly with mistakes */
export function lintRules(json: unknown): FoundProblem[] {
  const rules = mappingsIn(json, 'rules');
  const statuses = mappingIn(json, 'statuses');
  return [
    ...rules.flatMap(rule => [
      ...checkStatuses(rule, statuses),
      ...checkConstant(rule),
      ...checkWords(rule),
      ...checkEdge(rule),
    ]),
    ...checkDuplicateRules(rules),
    ...checkLetterCase(rules),
  ];
}

/** Reports values that are not among the statuses of a property. They are probably misspelt and never occur. */
function checkStatuses({path, value: rule}: WrittenPart<JsonObject>, statuses: JsonObject): FoundProblem[] {
  const property = scalarText(rule['property']).trim();
  const known = statusesOf(statuses, property);
  if (known === undefined) return [];
  return valuesOf(rule, path)
    .filter(({value}) => value !== null && typeof value !== 'object' && !known.some(status => status === value))
    .map(part =>
      quotingProblem(part, (quoted, bare) =>
        known.includes(bare)
          ? `${quoted} never occurs: the statuses of ${property} are strings. Put quotes around it: "${bare}".`
          : `${quoted} is not among the statuses of ${property}, so it never occurs${suggest(bare, known)}`,
      ),
    );
}

/** Undefined if the property has no statuses. */
export function statusesOf(statuses: JsonObject, property: string): string[] | undefined {
  const values = Object.hasOwn(statuses, property) ? statuses[property] : undefined;
  const known = Array.isArray(values) ? values.filter(value => typeof value === 'string') : [];
  return known.length === 0 ? undefined : known.map(value => value.trim());
}

/** The values in `from` and `to`. */
export function valuesOf(rule: JsonObject, path: WrittenPath): WrittenPart<unknown>[] {
  return ['from', 'to'].flatMap(key => itemsAt(rule[key], [...path, key]));
}

const NOTHING = new ExpressionContext({});

/** Reports a constant condition, which has misplaced quotes or disables a rule. */
function checkConstant({path, value: rule}: WrittenPart<JsonObject>): FoundProblem[] {
  const result = evaluateAlone(rule['if']);
  if (result === undefined || result.values.length > 0) return [];
  const remedy = 'it reads no value of the change. Write names without quotes, for example after.properties.locked';
  const message = result.held
    ? `is true for every change: ${remedy}, or remove the key.`
    : `can never match: ${remedy}, or remove the rule.`;
  return [{path: [...path, 'if'], message}];
}

function evaluateAlone(condition: unknown) {
  if (typeof condition !== 'string') return undefined;
  try {
    const expression = compileExpression(condition);
    return {held: expression.evaluate(NOTHING) === true, values: expression.valuesIn(NOTHING)};
  } catch {
    return undefined; // the loader reports it
  }
}

/** Reports `from` and `to` values that contradict `above` or `below`. */
function checkEdge({path, value: rule}: WrittenPart<JsonObject>): FoundProblem[] {
  const {above, below} = rule;
  const edge =
    typeof above === 'number' ? `above: ${above}` : typeof below === 'number' ? `below: ${below}` : undefined;
  if (edge === undefined) return [];
  const [from, to] = [itemsAt(rule['from'], []), itemsAt(rule['to'], [])];
  const problem = (key: string, why: string) => ({
    path: [...path, key],
    message: `can never match together with \`${edge}\`: ${why}. Keep one of them.`,
    atKey: true,
  });
  return [
    ...(from.length > 0 && from.every(({value}) => reaches(value, above, below))
      ? [problem('from', 'every value of `from` is already past it')]
      : []),
    ...(to.length > 0 && !to.some(({value}) => reaches(value, above, below))
      ? [problem('to', 'no value of `to` reaches it')]
      : []),
  ];
}

function reaches(value: unknown, above: unknown, below: unknown): boolean {
  const isAbove = typeof above !== 'number' || Number(value) >= above;
  return typeof value === 'number' && isAbove && (typeof below !== 'number' || value <= below);
}

/** Reports rules that differ only in the name, because they react twice to each change. */
function checkDuplicateRules(rules: readonly WrittenPart<JsonObject>[]): FoundProblem[] {
  const bodies = rules.map(({value}) => canonicalJson(withoutName(value)));
  const firsts = firstOfEach(bodies);
  return rules.flatMap(({path}, index) => {
    const first = firsts.get(bodies[index] ?? '') ?? index;
    if (first === index) return [];
    const twin = ruleNameOf(rules[first]?.value) ?? `rules[${first}]`;
    return [{path, message: `is identical to ${twin}, so each change reaches two reactions. Remove one of them.`}];
  });
}

function withoutName(rule: JsonObject): JsonObject {
  const body = Object.entries(rule).filter(([key]) => key !== 'name');
  return Object.fromEntries(body.map(([key, value]) => [key, isAlone(value) ? value[0] : value]));
}

/** `to: [Degraded]` equals `to: Degraded`. */
function isAlone(value: unknown): value is [unknown] {
  return Array.isArray(value) && value.length === 1;
}

function checkLetterCase(rules: readonly WrittenPart<JsonObject>[]): FoundProblem[] {
  const names = rules.map(({value}) => ruleNameOf(value));
  const firsts = firstOfEach(names.map(name => name?.toLowerCase()));
  return rules.flatMap(({path}, index) => {
    const name = names[index];
    const other = names[firsts.get(name?.toLowerCase()) ?? index];
    if (name === undefined || other === undefined || other === name) return [];
    const message = `"${name}" differs from the rule "${other}" only in letter case. Rename one, so that messages and records are clear.`;
    return [{path: [...path, 'name'], message}];
  });
}

/** The name of the rule, as the schema reads it. */
export function ruleNameOf(rule: unknown): string | undefined {
  const name = isObject(rule) ? rule['name'] : undefined;
  return typeof name === 'string' ? name.trim() : undefined;
}
