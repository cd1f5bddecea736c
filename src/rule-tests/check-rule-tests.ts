/** Checks rule tests across keys and against the rules. The input is the written form, which can contain mistakes. */
import {isObject, type JsonObject} from '../base/json.ts';
import {mayBeCorrect, suggest} from '../base/text/nearest.ts';
import {firstOfEach, lacks} from '../rules/check/check-rules.ts';
import type {FoundProblem} from '../rules/problem.ts';
import type {Rules} from '../rules/rules.ts';
import {CHANGE_KEYS, vocabulary} from './written-rule-tests.ts';

type Path = readonly PropertyKey[];

/** A value of the file and its path. */
interface Written<T> {
  readonly value: T;
  readonly path: Path;
}

/** Checks that names are unique, because they identify tests, even across versions of a file. */
export function checkTestNames(tests: readonly unknown[]): FoundProblem[] {
  const names = tests.map(test =>
    isObject(test) && typeof test['name'] === 'string' ? test['name'].trim() : undefined,
  );
  const firsts = firstOfEach(names);
  return names.flatMap((name, index) => {
    const first = firsts.get(name);
    if (name === undefined || first === index) return [];
    return [{path: ['tests', index, 'name'], message: `"${name}" is also the name of tests[${first}]`}];
  });
}

/** The names in the rules. */
export interface KnownWords {
  readonly rule: readonly string[];
  /** Paths of scripts. */
  readonly run: readonly string[];
  readonly job: readonly string[];
  /** Names that are already reported as mistakes. A name that differs from them is possibly correct. */
  readonly reported: readonly string[];
}

/** The names in the rules. Includes rules with mistakes, because a test can name them. */
export function knownWords({rules, leftOut}: Rules, reported: readonly string[]): KnownWords {
  const named = (key: 'run' | 'job') => [...new Set(rules.flatMap(({remediate}) => remediate?.[key] ?? []))];
  const broken = leftOut.rules.flatMap(({name}) => name ?? []);
  return {rule: [...rules.map(({name}) => name), ...broken], run: named('run'), job: named('job'), reported};
}

/** All problems within one written test. @param known absent if the rules can't be read */
export function checkTest(test: unknown, index: number, known: KnownWords | undefined): FoundProblem[] {
  if (!isObject(test)) return [];
  const path = ['tests', index];
  const steps = Array.isArray(test['changes']) ? test['changes'] : [];
  return [
    ...checkSubject(test, path),
    ...checkChange(test['change'], [...path, 'change']),
    ...steps.flatMap((step, at) => {
      if (!isObject(step)) return [];
      const written = {value: step, path: [...path, 'changes', at]};
      return [...checkTime(written, at), ...checkStep(written, known)];
    }),
    ...checkExpectations(test, steps, path),
    ...[{holder: test, at: path}, ...steps.map((step, at) => ({holder: step, at: [...path, 'changes', at]}))].flatMap(
      ({holder, at}) => (isObject(holder) ? checkExpectation(holder['expect'], [...at, 'expect'], known) : []),
    ),
  ];
}

const SUBJECTS = ['change', 'event', 'changes'] as const;

function checkSubject(test: JsonObject, path: Path): FoundProblem[] {
  const [, second] = SUBJECTS.filter(key => has(test, key));
  if (second !== undefined) {
    const message = 'cannot be combined: a test has only one of `change`, `event` and `changes`';
    return [{path: [...path, second], message, atKey: true}];
  }
  if (SUBJECTS.some(key => !lacks(test, key, vocabulary.isKey))) return [];
  return [{path, message: 'has nothing to test. Add `change:`, `changes:` or `event:`.'}];
}

function checkStep(written: Written<JsonObject>, known: KnownWords | undefined): FoundProblem[] {
  const {value: step, path} = written;
  if (has(step, 'ack')) {
    const own = rejectKeys(written, ['event', ...CHANGE_KEYS], 'applies to a change. `ack` is a separate step');
    return [...own, ...checkKnown('rule', at(written, 'ack'), known)];
  }
  if (isOfClock(step)) return [];
  if (!has(step, 'event')) return checkChange(step, path);
  const own = CHANGE_KEYS.filter(key => key !== 'at');
  return rejectKeys(written, own, 'applies to the short form. An `event` contains it');
}

/** Whether the step contains only `wait`. */
export function isOfClock(step: object): boolean {
  return has(step, 'wait') && ['ack', 'event', ...CHANGE_KEYS].every(key => !has(step, key));
}

function rejectKeys(
  {value: step, path}: Written<JsonObject>,
  keys: readonly string[],
  message: string,
): FoundProblem[] {
  return keys.filter(key => has(step, key)).map(key => ({path: [...path, key], message, atKey: true}));
}

/** The keys that set the time of a step. Only one is allowed. */
const TIMES = ['at', 'after', 'wait'] as const;

function checkTime({value: step, path}: Written<JsonObject>, index: number): FoundProblem[] {
  const [first, second] = TIMES.filter(key => has(step, key));
  const twice =
    second === undefined
      ? []
      : [{path: [...path, second], message: `sets the time, like \`${first}\`. Remove one of them`, atKey: true}];
  if (index > 0 || !has(step, 'after')) return twice;
  const message = 'needs an earlier change, from which the time is counted';
  return [...twice, {path: [...path, 'after'], message, atKey: true}];
}

function checkChange(change: unknown, path: Path): FoundProblem[] {
  if (!isObject(change)) return [];
  const at = (key: string, message: string): FoundProblem => ({path: [...path, key], message, atKey: true});
  const problems: FoundProblem[] = [];
  if (lacks(change, 'blueprint', vocabulary.isKey)) problems.push({path, message: 'needs `blueprint`'});
  const sides = ['from', 'to'].filter(key => has(change, key));
  if (lacks(change, 'property', vocabulary.isKey)) {
    return [...problems, ...sides.map(key => at(key, 'needs `property`'))];
  }
  const {action, property, properties} = change;
  const impossible = IMPOSSIBLE.get(action) ?? [];
  problems.push(...sides.flatMap(key => impossible.filter(one => one.key === key).map(one => at(key, one.why))));
  if (isObject(properties) && typeof property === 'string' && Object.hasOwn(properties, property)) {
    const message = 'is the changed property. Use `from` and `to` for its values';
    problems.push({path: [...path, 'properties', property], message, atKey: true});
  }
  return problems;
}

const NO_TRANSITION = 'is not possible: a timer event reports no change of a value';
/** The keys that are not possible for an action. */
const IMPOSSIBLE: ReadonlyMap<unknown, readonly {readonly key: string; readonly why: string}[]> = new Map([
  ['created', [{key: 'from', why: 'is not possible: no property is set before a creation'}]],
  ['deleted', [{key: 'to', why: 'is not possible: no property is set after a deletion'}]],
  ['timer-expired', ['from', 'to'].map(key => ({key, why: NO_TRANSITION}))],
]);

/** Checks that the test has an expectation. Without one, it could not fail. */
function checkExpectations(test: JsonObject, steps: readonly unknown[], path: Path): FoundProblem[] {
  const isSome = [test, ...steps].some(holder => isObject(holder) && !lacks(holder, 'expect', vocabulary.isKey));
  return isSome ? [] : [{path, message: 'has no expectation. Add `expect:` (`expect: nothing` means no reactions).'}];
}

function checkExpectation(expect: unknown, path: Path, known: KnownWords | undefined): FoundProblem[] {
  if (!isObject(expect)) return [];
  const {rules: names, messages, remediations, incidents} = expect;
  if (Object.keys(expect).length === 0) {
    return [{path, message: 'is empty. Add rules, messages, remediations or told, or write `expect: nothing`.'}];
  }
  return [
    ...checkRuleNames(names, [...path, 'rules'], known),
    ...listOf(messages).flatMap((message, index) => checkMessage(message, [...path, 'messages', index])),
    ...listOf(remediations).flatMap((one, index) => checkRemediation(one, [...path, 'remediations', index], known)),
    ...listOf(incidents).flatMap((one, index) => checkIncident(one, [...path, 'incidents', index], known)),
  ];
}

function checkRuleNames(names: unknown, path: Path, known: KnownWords | undefined): FoundProblem[] {
  return listOf(names).flatMap((name, index) => {
    if (listOf(names).indexOf(name) < index) return [{path: [...path, index], message: `"${name}" appears twice`}];
    return checkKnown('rule', {value: name, path: [...path, index]}, known);
  });
}

function checkMessage(message: unknown, path: Path): FoundProblem[] {
  if (!isObject(message) || Object.keys(message).length > 0) return [];
  return [{path, message: 'is empty. Add its destination (`slack`), its `text`, or both.'}];
}

function checkRemediation(remediation: unknown, path: Path, known: KnownWords | undefined): FoundProblem[] {
  if (!isObject(remediation)) return [];
  if (has(remediation, 'run') && has(remediation, 'job'))
    return [{path, message: 'has both `run` and `job`. Remove one of them.'}];
  const keys = ['run', 'job'] as const;
  if (keys.every(key => lacks(remediation, key, vocabulary.isKey))) {
    return [{path, message: 'needs `run: <file of the repository>` or `job: <name>`'}];
  }
  return (['run', 'job', 'rule'] as const).flatMap(key => checkKnown(key, at({value: remediation, path}, key), known));
}

function checkIncident(incident: unknown, path: Path, known: KnownWords | undefined): FoundProblem[] {
  if (!isObject(incident)) return [];
  if (Object.keys(incident).length === 0) return [{path, message: 'is empty. Add its `rule`, its `state`, or both.'}];
  return checkKnown('rule', at({value: incident, path}, 'rule'), known);
}

const UNKNOWN = {
  rule: 'there is no rule',
  run: 'no rule runs the script',
  job: 'no rule hands remediations to the job',
} as const;

function checkKnown(
  kind: keyof typeof UNKNOWN,
  {value, path}: Written<unknown>,
  known: KnownWords | undefined,
): FoundProblem[] {
  if (typeof value !== 'string' || known === undefined) return [];
  const [name, words] = [value.trim(), known[kind]];
  if (words.includes(name) || mayBeCorrect(name, words, known.reported)) return [];
  return [{path, message: `${UNKNOWN[kind]} "${value}"${suggest(name, words)}`}];
}

/** The value of a key, with its path. */
function at({value, path}: Written<JsonObject>, key: string): Written<unknown> {
  return {value: value[key], path: [...path, key]};
}

function has(mapping: object, key: string): boolean {
  return Object.hasOwn(mapping, key);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
