/** Checks across the keys of rules: what a single key can't show. They look at the written form, with or without mistakes. */
import {isObject, isSameJson, type JsonObject} from '../../base/json.ts';
import {nearest} from '../../base/nearest.ts';
import type {FoundProblem} from '../problem.ts';
import {isKey, scriptPathMistake, VARIABLE} from '../written/written-rules.ts';

/** Whether a file of the repository exists. Absent if that is not known, as in the relay. */
export type FileExists = (path: string) => boolean;

/** A rule, or part of it, as it was read. */
export type UncheckedRule = JsonObject;
export type RuleCheck = (rule: UncheckedRule) => FoundProblem[];

const CONDITIONS = ['from', 'to', 'above', 'below', 'clear'] as const;

/** Everything that is wrong within one written rule. */
export function checkRule(rule: unknown, fileExists: FileExists | undefined): FoundProblem[] {
  if (!isObject(rule)) return [];
  return [...CHECKS.flatMap(check => check(rule)), ...checkScript(rule, fileExists)];
}

/** The names of written rules, undefined for those without one. */
export function namesOf(rules: readonly unknown[]): (string | undefined)[] {
  return rules.map(rule => (isObject(rule) ? trimmedText(rule['name']) : undefined));
}

const CHECKS: readonly RuleCheck[] = [
  function conditionsNeedAProperty(rule) {
    if (!lacks(rule, 'property')) return [];
    return CONDITIONS.filter(key => has(rule, key)).map(key => at(key, `needs \`property\`, whose value it is about`));
  },
  function oneEdge(rule) {
    if (!has(rule, 'above') || !has(rule, 'below')) return [];
    return [at('below', 'can never fire together with `above`: a value rises or falls. Write two rules.')];
  },
  function someReaction(rule) {
    if (!lacks(rule, 'remediate') || (rule['notify'] !== false && !lacks(rule, 'notify'))) return [];
    return [{path: [], message: 'does nothing. Add `notify: true` or `remediate:`.'}];
  },
  function runOrJob({remediate}) {
    if (!isObject(remediate)) return [];
    if (has(remediate, 'run') && has(remediate, 'job')) return [at('remediate', 'has both `run` and `job`. Keep one.')];
    if (!lacks(remediate, 'run') || !lacks(remediate, 'job')) return [];
    return [at('remediate', 'needs `run: <file of the repository>` or `job: <name>`')];
  },
  function jobTakesNoScriptSettings({remediate}) {
    if (!isObject(remediate) || !has(remediate, 'job') || has(remediate, 'run')) return [];
    return ['timeout', 'env', 'pass']
      .filter(key => has(remediate, key))
      .map(key => ({
        path: ['remediate', key],
        message: 'is for `run`. A job has settings of its own in the workflow.',
        atKey: true,
      }));
  },
  function variableNames({remediate}) {
    const env = isObject(remediate) && isObject(remediate['env']) ? Object.keys(remediate['env']) : [];
    return env.flatMap(name => {
      const message = variableMistake(name);
      return message === undefined ? [] : [{path: ['remediate', 'env', name], message, atKey: true}];
    });
  },
  function timersHaveNoTransition(rule) {
    const on = asList(rule['on']);
    if (on.length === 0 || on.some(word => word !== 'timer-expired')) return [];
    return CONDITIONS.filter(key => has(rule, key)).map(key =>
      at(key, 'can never hold: a timer event reports no change of a value'),
    );
  },
  function fromDiffersFromTo({from, to}) {
    const [sources, targets] = [asList(from), asList(to)];
    if (sources.length !== 1 || targets.length !== 1 || !isSameJson(sources, targets)) return [];
    return [at('to', 'can never fire: it is the value of `from`, and only changes are looked at')];
  },
  function sidesExist(rule) {
    const on = asList(rule['on']);
    const only = (word: string) => on.length > 0 && on.every(item => item === word);
    const needsValue = (key: string) => has(rule, key) && !asList(rule[key]).includes(null);
    const keys = only('deleted') ? ['to', 'above', 'below'] : only('created') ? ['from'] : [];
    const why = only('deleted')
      ? 'after a deletion nothing is set. Use `from`.'
      : 'before a creation nothing is set. Use `to`.';
    return keys.filter(needsValue).map(key => at(key, `can never hold: ${why}`));
  },
];

function variableMistake(name: string): string | undefined {
  if (!VARIABLE.test(name) || name === '__proto__') return 'is not the name of a variable: letters, digits and _';
  if (/^REACTOR_/i.test(name)) return 'is a name that the action sets. Choose one that does not start with REACTOR_.';
  return undefined;
}

function checkScript({remediate}: UncheckedRule, fileExists: FileExists | undefined): FoundProblem[] {
  const run = isObject(remediate) ? remediate['run'] : undefined;
  if (typeof run !== 'string' || run.trim() === '' || scriptPathMistake(run.trim()) !== undefined) return [];
  if (fileExists === undefined || fileExists(run.trim())) return [];
  const message = `there is no file "${run}" in the repository. Commit it, or fix the path.`;
  return [{path: ['remediate', 'run'], message, missingScript: run.trim()}];
}

/** The place at which each value is met first. A file may have thousands of rules, so they are not searched one by one. */
export function firstOfEach<T>(values: readonly T[]): Map<T, number> {
  return new Map(values.map((value, index) => [value, index] as const).toReversed());
}

/** Each name may be there once. @param list the key of the file that holds what is named */
export function checkNames(names: readonly (string | undefined)[], list: string, why: string): FoundProblem[] {
  const firsts = firstOfEach(names);
  return names.flatMap((name, index) => {
    const first = firsts.get(name);
    if (name === undefined || first === index) return [];
    return [{path: [list, index, 'name'], message: `"${name}" is also the name of ${list}[${first}]. ${why}`}];
  });
}

/** Points at a key of the rule. */
export function at(key: string, message: string): FoundProblem {
  return {path: [key], message, atKey: true};
}

export function has(mapping: UncheckedRule, key: string): boolean {
  return Object.hasOwn(mapping, key);
}

/** Whether the key is missing, even as a misspelt name, of which another check reports it. */
export function lacks(mapping: UncheckedRule, key: string, isKnown = isKey): boolean {
  const isSlip = (other: string) => !isKnown(other) && nearest(other, [key]) !== undefined;
  return !has(mapping, key) && !Object.keys(mapping).some(isSlip);
}

/** As the schema takes it: trimmed. */
export function trimmedText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}

/** What is written as one value or as a list. */
export function asList(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
