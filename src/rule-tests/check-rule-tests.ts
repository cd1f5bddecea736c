/** Checks across the keys of rule tests, and against the rules that they test. They read the file as written, valid or not. */
import {isObject, type JsonObject} from '../base/json.ts';
import {mayBeCorrect, suggest} from '../base/nearest.ts';
import {firstOfEach, lacks} from '../rules/check/check-rules.ts';
import type {FoundProblem} from '../rules/problem.ts';
import type {Rules} from '../rules/rules.ts';
import {CHANGE_KEYS, vocabulary} from './written-rule-tests.ts';

type Path = readonly PropertyKey[];

/** A value of the file, and its place. */
interface Written<T> {
  readonly value: T;
  readonly path: Path;
}

/** Names identify tests, also between two versions of a file. */
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
  /** Scripts. */
  readonly run: readonly string[];
  readonly job: readonly string[];
  /** Names that are reported as mistakes already. A name that differs from them may be right. */
  readonly doubtful: readonly string[];
}

/** Rules that have mistakes are included, as a test may name them. */
export function knownWords({rules, leftOut}: Rules, doubtful: readonly string[]): KnownWords {
  const named = (key: 'run' | 'job') => [...new Set(rules.flatMap(({remediate}) => remediate?.[key] ?? []))];
  const broken = leftOut.rules.flatMap(({name}) => name ?? []);
  return {rule: [...rules.map(({name}) => name), ...broken], run: named('run'), job: named('job'), doubtful};
}

/** Everything that is wrong within one written test. @param known absent if the rules can't be read */
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
    const message = 'is one too many: a test has one of `change`, `event` and `changes`';
    return [{path: [...path, second], message, atKey: true}];
  }
  if (SUBJECTS.some(key => !lacks(test, key, vocabulary.isKey))) return [];
  return [{path, message: 'has nothing to test; add `change:`, `changes:` or `event:`'}];
}

function checkStep(written: Written<JsonObject>, known: KnownWords | undefined): FoundProblem[] {
  const {value: step, path} = written;
  if (has(step, 'ack')) {
    const own = refuse(written, ['event', ...CHANGE_KEYS], 'is for a change; `ack` is a step by itself');
    return [...own, ...checkKnown('rule', at(written, 'ack'), known)];
  }
  if (isOfClock(step)) return [];
  if (!has(step, 'event')) return checkChange(step, path);
  const own = CHANGE_KEYS.filter(key => key !== 'at');
  return refuse(written, own, 'is for the short form; an `event` says it itself');
}

/** `wait` alone. */
export function isOfClock(step: object): boolean {
  return has(step, 'wait') && ['ack', 'event', ...CHANGE_KEYS].every(key => !has(step, key));
}

function refuse({value: step, path}: Written<JsonObject>, keys: readonly string[], message: string): FoundProblem[] {
  return keys.filter(key => has(step, key)).map(key => ({path: [...path, key], message, atKey: true}));
}

/** One key says when a step happens. */
const TIMES = ['at', 'after', 'wait'] as const;

function checkTime({value: step, path}: Written<JsonObject>, index: number): FoundProblem[] {
  const [first, second] = TIMES.filter(key => has(step, key));
  const twice =
    second === undefined
      ? []
      : [{path: [...path, second], message: `says when, and so does \`${first}\`; keep one`, atKey: true}];
  if (index > 0 || !has(step, 'after')) return twice;
  const message = 'needs a change before it, from which the time is counted';
  return [...twice, {path: [...path, 'after'], message, atKey: true}];
}

function checkChange(change: unknown, path: Path): FoundProblem[] {
  if (!isObject(change)) return [];
  const at = (key: string, message: string): FoundProblem => ({path: [...path, key], message, atKey: true});
  const problems: FoundProblem[] = [];
  if (lacks(change, 'blueprint', vocabulary.isKey)) problems.push({path, message: 'needs `blueprint`'});
  const sides = ['from', 'to'].filter(key => has(change, key));
  if (lacks(change, 'property', vocabulary.isKey)) {
    return [...problems, ...sides.map(key => at(key, 'needs `property`, whose value it is'))];
  }
  const {action, property, properties} = change;
  const impossible = IMPOSSIBLE.get(action) ?? [];
  problems.push(...sides.flatMap(key => impossible.filter(one => one.key === key).map(one => at(key, one.why))));
  if (isObject(properties) && typeof property === 'string' && Object.hasOwn(properties, property)) {
    const message = 'is the property that changes: `from` and `to` are its values';
    problems.push({path: [...path, 'properties', property], message, atKey: true});
  }
  return problems;
}

const NO_TRANSITION = 'can not be: a timer event reports no change of a value';
/** The sides that an action does not have. */
const IMPOSSIBLE: ReadonlyMap<unknown, readonly {readonly key: string; readonly why: string}[]> = new Map([
  ['created', [{key: 'from', why: 'can not be: before a creation nothing is set'}]],
  ['deleted', [{key: 'to', why: 'can not be: after a deletion nothing is set'}]],
  ['timer-expired', ['from', 'to'].map(key => ({key, why: NO_TRANSITION}))],
]);

/** A test without an expectation could not fail. */
function checkExpectations(test: JsonObject, steps: readonly unknown[], path: Path): FoundProblem[] {
  const isSome = [test, ...steps].some(holder => isObject(holder) && !lacks(holder, 'expect', vocabulary.isKey));
  return isSome
    ? []
    : [{path, message: 'expects nothing that could fail; add `expect:` (`expect: nothing` is silence)'}];
}

function checkExpectation(expect: unknown, path: Path, known: KnownWords | undefined): FoundProblem[] {
  if (!isObject(expect)) return [];
  const {rules: names, messages, remediations, incidents} = expect;
  if (Object.keys(expect).length === 0) {
    return [{path, message: 'is empty; name rules, messages, remediations or told, or write `expect: nothing`'}];
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
    if (listOf(names).indexOf(name) < index) return [{path: [...path, index], message: `"${name}" is there twice`}];
    return checkKnown('rule', {value: name, path: [...path, index]}, known);
  });
}

function checkMessage(message: unknown, path: Path): FoundProblem[] {
  if (!isObject(message) || Object.keys(message).length > 0) return [];
  return [{path, message: 'is empty; name its destination (`slack`), its `text`, or both'}];
}

function checkRemediation(remediation: unknown, path: Path, known: KnownWords | undefined): FoundProblem[] {
  if (!isObject(remediation)) return [];
  if (has(remediation, 'run') && has(remediation, 'job'))
    return [{path, message: 'has both `run` and `job`; keep one'}];
  const keys = ['run', 'job'] as const;
  if (keys.every(key => lacks(remediation, key, vocabulary.isKey))) {
    return [{path, message: 'needs `run: <file of the repository>` or `job: <name>`'}];
  }
  return (['run', 'job', 'rule'] as const).flatMap(key => checkKnown(key, at({value: remediation, path}, key), known));
}

function checkIncident(incident: unknown, path: Path, known: KnownWords | undefined): FoundProblem[] {
  if (!isObject(incident)) return [];
  if (Object.keys(incident).length === 0) return [{path, message: 'is empty; name its `rule`, its `state`, or both'}];
  return checkKnown('rule', at({value: incident, path}, 'rule'), known);
}

const UNKNOWN = {
  rule: 'there is no rule',
  run: 'no rule runs the script',
  job: 'no rule hands over to the job',
} as const;

function checkKnown(
  kind: keyof typeof UNKNOWN,
  {value, path}: Written<unknown>,
  known: KnownWords | undefined,
): FoundProblem[] {
  if (typeof value !== 'string' || known === undefined) return [];
  const [name, words] = [value.trim(), known[kind]];
  if (words.includes(name) || mayBeCorrect(name, words, known.doubtful)) return [];
  return [{path, message: `${UNKNOWN[kind]} "${value}"${suggest(name, words)}`}];
}

/** The value under a key. */
function at({value, path}: Written<JsonObject>, key: string): Written<unknown> {
  return {value: value[key], path: [...path, key]};
}

function has(mapping: object, key: string): boolean {
  return Object.hasOwn(mapping, key);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
