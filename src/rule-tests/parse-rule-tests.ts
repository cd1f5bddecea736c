/** Parse: the text of a file of rule tests → tests that can be run, or every mistake in it with its place. */
import type {z} from 'zod';
import {messageOf, PayloadError} from '../base/errors.ts';
import {isObject} from '../base/json.ts';
import type {Change} from '../change/change.ts';
import {parseEvent, unwrapEvent} from '../change/event/incoming.ts';
import {readEvent} from '../change/event/read-event.ts';
import type {FoundProblem} from '../rules/problem.ts';
import type {Rules} from '../rules/rules.ts';
import {
  type Loaded,
  loadYaml,
  type Place,
  type Reading,
  withRounded,
  type YamlFile,
  type YamlSource,
} from '../rules/yaml/load-yaml.ts';
import {openYaml} from '../rules/yaml/parse-yaml.ts';
import {explainIssue} from '../rules/yaml/schema-problems.ts';
import {checkEvent} from './check-event.ts';
import {checkTest, checkTestNames, isOfClock, type KnownWords, knownWords} from './check-rule-tests.ts';
import type {Expectation, RuleTest, Step} from './rule-tests.ts';
import {changeFromShortForm} from './test-change.ts';
import {TestClock} from './test-clock.ts';
import {
  vocabulary,
  type WrittenExpectation,
  WrittenRuleTest,
  WrittenRuleTestsFile,
  type WrittenStep,
} from './written-rule-tests.ts';

/** The text of a file of the repository, by its path from the root. Throws if it can't be read. */
export type ReadText = (path: string) => string;

/** @param file its path, for the messages @throws {ConfigError} with all mistakes at once, each with line and column */
export function parseRuleTests(text: string, file: string, facts: RuleTestsFacts): RuleTest[] {
  const {value, error} = loadRuleTests(text, file, facts);
  if (error !== undefined || value === undefined) throw error;
  return value;
}

/** What is known besides the file. */
export interface RuleTestsFacts {
  /** The rules that are tested. Without them, names of rules are not checked. */
  readonly rules: Rules | undefined;
  /** For `event: <path>`. */
  readonly readText: ReadText;
  /** Words of the rules that are reported as mistakes already. A word that differs from them may be right. */
  readonly doubtful?: readonly string[] | undefined;
}

/** The tests without a mistake, which can be run, and all mistakes of the file. Never throws. */
export function loadRuleTests(
  text: string | YamlFile,
  file: string,
  {rules, readText, doubtful = []}: RuleTestsFacts,
): Loaded<RuleTest[]> {
  const words = {
    file,
    summary: (mistakes: string) => `The rule tests ${file} have ${mistakes}:`,
    needs: '`version: 1` and `tests:`',
  };
  const known = rules === undefined ? undefined : knownWords(rules, doubtful);
  const yaml = typeof text === 'string' ? openYaml(text) : text;
  return loadYaml(yaml, words, (json, source) => readTests(json, source, {known, readText}));
}

/** Each test is parsed by itself, so that a mistake in one never hides mistakes in others. */
function readTests(
  json: unknown,
  {placeOf, rounded}: YamlSource,
  {known, readText}: {readonly known: KnownWords | undefined; readonly readText: ReadText},
): Reading<RuleTest[]> {
  const list = isObject(json) && Array.isArray(json['tests']) ? json['tests'] : [];
  const file = WrittenRuleTestsFile.safeParse(json);
  const tests = list.map((test, index) => ({index, result: WrittenRuleTest.safeParse(test)}));
  const explain = (issue: z.core.$ZodIssue, path: readonly PropertyKey[] = []) =>
    explainIssue({...issue, path: [...path, ...issue.path]}, json, vocabulary);
  const found: FoundProblem[] = [
    ...(file.error?.issues ?? []).flatMap(issue => explain(issue)),
    ...tests.flatMap(({index, result: {error}}) =>
      (error?.issues ?? []).flatMap(issue => explain(issue, ['tests', index])),
    ),
    ...list.flatMap((test, index) => checkTest(test, index, known)),
    ...checkTestNames(list),
  ];
  const problems = withRounded(found, rounded);
  const {destinations} = file.data ?? {};
  const configured = destinations === undefined ? {} : {destinations: listOf(destinations)};
  const compiled = tests.flatMap(({index, result: {data}}) => {
    if (data === undefined) return [];
    const path = ['tests', index];
    const test = {...compileTest(data, path, {readText, problems}), ...configured, ...placeOf([...path, 'name'])};
    return [{index, test}];
  });
  const broken = new Set(problems.map(({path: [key, index]}) => (key === 'tests' ? index : undefined)));
  const sound = compiled.filter(({index}) => !broken.has(index)).map(({test}) => test);
  return file.success && sound.length > 0 ? {value: sound, problems} : {problems};
}

/** How events in files are read. A problem is added for each event that cannot be. */
interface EventFiles {
  readonly readText: ReadText;
  readonly problems: FoundProblem[];
}

function compileTest(
  written: WrittenRuleTest,
  path: readonly PropertyKey[],
  files: EventFiles,
): Omit<RuleTest, keyof Place> {
  const {name, change, event, changes, expect, now} = written;
  const single: WrittenStep = {...change, ...(event === undefined ? {} : {event})};
  const clock = new TestClock(now);
  return {
    name,
    steps: (changes ?? [single]).map((step, index): Step => {
      const where = changes === undefined ? path : [...path, 'changes', index];
      const expectation = step.expect === undefined ? {} : {expect: compileExpectation(step.expect)};
      return {...compileStep(step, {clock, path: where}, files), ...expectation};
    }),
    ...(expect === undefined ? {} : {expect: compileExpectation(expect)}),
    isLife: isLife(written),
  };
}

/** Whether the test uses words of the memory. Then its steps are runs, one after the other. */
function isLife({changes = [], expect}: WrittenRuleTest): boolean {
  const expectations = [expect, ...changes.map(step => step.expect)];
  return (
    changes.some(({wait, ack}) => wait !== undefined || ack !== undefined) ||
    expectations.some(one => typeof one === 'object' && (one.told !== undefined || one.incidents !== undefined))
  );
}

function compileStep(
  step: WrittenStep,
  {clock, path}: {readonly clock: TestClock; readonly path: readonly PropertyKey[]},
  files: EventFiles,
): DistributedOmit<Step, 'expect'> {
  const isTimed = clock.pass(step);
  if (step.ack !== undefined) return {kind: 'ack', rule: step.ack, nowMs: clock.nowMs};
  if (isOfClock(step)) return {kind: 'clock', nowMs: clock.nowMs};
  const changes = changesOf(step, {at: clock.at, isTimed, path}, files);
  clock.see(changes);
  return {kind: 'changes', changes, nowMs: clock.nowMs};
}

type DistributedOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

interface StepPlace {
  /** The time of the step, as ISO 8601. */
  readonly at: string;
  /** Whether the step itself sets its time. Without it, an event keeps its own. */
  readonly isTimed: boolean;
  readonly path: readonly PropertyKey[];
}

function changesOf(
  step: WrittenStep,
  {at, isTimed, path}: StepPlace,
  {readText, problems}: EventFiles,
): readonly Change[] {
  const {event} = step;
  if (event === undefined) return [changeFromShortForm(step, at)];
  try {
    const json = typeof event === 'string' ? parseEvent(readText(event), event) : event;
    const slips = checkEvent(json);
    if (slips.length > 0) {
      problems.push(...slips.map(slip => inEvent(slip, event, [...path, 'event'])));
      return []; // other problems may follow from these
    }
    const {changes} = readEvent(unwrapEvent(json), at);
    return isTimed ? changes.map(change => ({...change, at})) : changes;
  } catch (error) {
    const inner = error instanceof PayloadError && typeof event !== 'string' ? error.path.split('.') : [];
    problems.push({path: [...path, 'event', ...inner], shown: [...path, 'event'], message: messageOf(error)});
    return [];
  }
}

/** A problem in a file is reported at the name of the file, with the place in it. */
function inEvent(slip: FoundProblem, event: unknown, path: readonly PropertyKey[]): FoundProblem {
  if (typeof event !== 'string') return {...slip, path: [...path, ...slip.path], shown: path};
  const place = slip.path.slice(0, -1).join('.');
  return {path, message: `${place === '' ? '' : `${place}: `}${slip.message}`};
}

function compileExpectation(written: WrittenExpectation): Expectation {
  if (written === 'nothing') return {messages: [], remediations: []};
  const {rules, messages, remediations, told, incidents} = written;
  return {
    ...(rules === undefined ? {} : {rules}),
    ...(messages === undefined
      ? {}
      : {messages: messages.map(({slack, text}) => ({...(slack === undefined ? {} : {slack}), text: listOf(text)}))}),
    ...(remediations === undefined ? {} : {remediations: remediations.map(definedOnly)}),
    ...(told === undefined ? {} : {told}),
    ...(incidents === undefined ? {} : {incidents: incidents.map(definedOnly)}),
  };
}

function listOf(text: string | readonly string[] | undefined): readonly string[] {
  if (text === undefined) return [];
  return typeof text === 'string' ? [text] : text;
}

type Defined<T> = {[K in keyof T]: Exclude<T[K], undefined>};

function definedOnly<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
