/** Checks rules across keys. The input is the written form, which can contain mistakes. */
import {isObject, isSameJson, type JsonObject} from '../../base/json.ts';
import {nearest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../problem.ts';
import {isKey, scriptPathMistake, VARIABLE} from '../written/written-rules.ts';

/** Whether a file exists in the repository. Absent if that is unknown, as in the relay. */
export type FileExists = (path: string) => boolean;

/** A rule, or part of it, before validation. */
export type UncheckedRule = JsonObject;
export type RuleCheck = (rule: UncheckedRule) => FoundProblem[];

const CONDITIONS = ['from', 'to', 'above', 'below', 'clear'] as const;

/** All problems within one written rule. */
export function checkRule(rule: unknown, fileExists: FileExists | undefined): FoundProblem[] {
  if (!isObject(rule)) return [];
  return [...CHECKS.flatMap(check => check(rule)), ...checkScript(rule, fileExists)];
}

/** The names of written rules. Undefined for a rule without a name. */
export function namesOf(rules: readonly unknown[]): (string | undefined)[] {
  return rules.map(rule => (isObject(rule) ? trimmedText(rule['name']) : undefined));
}

const CHECKS: readonly RuleCheck[] = [
  function conditionsNeedAProperty(rule) {
    if (!lacks(rule, 'property')) return [];
    return CONDITIONS.filter(key => has(rule, key)).map(key => at(key, `needs \`property\``));
  },
  function oneEdge(rule) {
    if (!has(rule, 'above') || !has(rule, 'below')) return [];
    return [
      at(
        'below',
        'can never fire together with `above`, because a value cannot rise and fall at the same time. Write two rules.',
      ),
    ];
  },
  function someReaction(rule) {
    if (!lacks(rule, 'remediate') || (rule['notify'] !== false && !lacks(rule, 'notify'))) return [];
    return [{path: [], message: 'has no reaction. Add `notify: true` or `remediate:`.'}];
  },
  function runOrJob({remediate}) {
    if (!isObject(remediate)) return [];
    if (has(remediate, 'run') && has(remediate, 'job'))
      return [at('remediate', 'has both `run` and `job`. Remove one of them.')];
    if (!lacks(remediate, 'run') || !lacks(remediate, 'job')) return [];
    return [at('remediate', 'needs `run: <file of the repository>` or `job: <name>`')];
  },
  function jobTakesNoScriptSettings({remediate}) {
    if (!isObject(remediate) || !has(remediate, 'job') || has(remediate, 'run')) return [];
    return ['timeout', 'env', 'pass']
      .filter(key => has(remediate, key))
      .map(key => ({
        path: ['remediate', key],
        message: 'applies only to `run`. Set it for the job in the workflow.',
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
      at(key, 'can never match, because a timer event reports no change of a value. Remove it'),
    );
  },
  function fromDiffersFromTo({from, to}) {
    const [sources, targets] = [asList(from), asList(to)];
    if (sources.length !== 1 || targets.length !== 1 || !isSameJson(sources, targets)) return [];
    return [at('to', 'can never fire: it equals `from`, and only changes are evaluated')];
  },
  function sidesExist(rule) {
    const on = asList(rule['on']);
    const only = (word: string) => on.length > 0 && on.every(item => item === word);
    const needsValue = (key: string) => has(rule, key) && !asList(rule[key]).includes(null);
    const keys = only('deleted') ? ['to', 'above', 'below'] : only('created') ? ['from'] : [];
    const why = only('deleted')
      ? 'no property is set after a deletion. Use `from`.'
      : 'no property is set before a creation. Use `to`.';
    return keys.filter(needsValue).map(key => at(key, `can never match: ${why}`));
  },
];

function variableMistake(name: string): string | undefined {
  if (!VARIABLE.test(name) || name === '__proto__') return 'is not the name of a variable: letters, digits and _';
  if (/^REACTOR_/i.test(name)) return 'is reserved for the action. Choose a name that does not start with REACTOR_.';
  return undefined;
}

function checkScript({remediate}: UncheckedRule, fileExists: FileExists | undefined): FoundProblem[] {
  const run = isObject(remediate) ? remediate['run'] : undefined;
  if (typeof run !== 'string' || run.trim() === '' || scriptPathMistake(run.trim()) !== undefined) return [];
  if (fileExists === undefined || fileExists(run.trim())) return [];
  const message = `there is no file "${run}" in the repository. Commit it, or fix the path.`;
  return [{path: ['remediate', 'run'], message, missingScript: run.trim()}];
}

/** The index of the first occurrence of each value. A map, because a file can have thousands of rules. */
export function firstOfEach<T>(values: readonly T[]): Map<T, number> {
  return new Map(values.map((value, index) => [value, index] as const).toReversed());
}

/** Reports duplicate names. @param list the key of the list that contains the named items */
export function checkNames(names: readonly (string | undefined)[], list: string, why: string): FoundProblem[] {
  const firsts = firstOfEach(names);
  return names.flatMap((name, index) => {
    const first = firsts.get(name);
    if (name === undefined || first === index) return [];
    return [{path: [list, index, 'name'], message: `"${name}" is also the name of ${list}[${first}]. ${why}`}];
  });
}

/** A problem at a key of the rule. */
export function at(key: string, message: string): FoundProblem {
  return {path: [key], message, atKey: true};
}

export function has(mapping: UncheckedRule, key: string): boolean {
  return Object.hasOwn(mapping, key);
}

/** Whether the key is missing. False if it is misspelt, because another check reports that. */
export function lacks(mapping: UncheckedRule, key: string, isKnown = isKey): boolean {
  const isTypo = (other: string) => !isKnown(other) && nearest(other, [key]) !== undefined;
  return !has(mapping, key) && !Object.keys(mapping).some(isTypo);
}

/** The text without surrounding white space, as the schema reads it. */
export function trimmedText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}

/** The values of a key that accepts one value or a list. */
export function asList(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
