/** Parse: the text of a file of rule tests → tests, or all mistakes with positions. */

import type {z} from 'zod';
import {definedOnly} from '../base/defined-only.ts';
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

/** Reads a file of the repository by its path from the root. Throws if it can't be read. */
export type ReadText = (path: string) => string;

/** @param file its path, for messages @throws {ConfigError} with all mistakes, each with line and column */
export function parseRuleTests(text: string, file: string, facts: RuleTestsFacts): RuleTest[] {
  const {value, error} = loadRuleTests(text, file, facts);
  if (error !== undefined || value === undefined) throw error;
  return value;
}

/** Inputs besides the file. */
export interface RuleTestsFacts {
  /** The tested rules. If undefined, names of rules are not checked. */
  readonly rules: Rules | undefined;
  /** Reads the file of `event: <path>`. */
  readonly readText: ReadText;
  /** Words of the rules that are already reported as mistakes. A word that differs from them is possibly correct. */
  readonly reported?: readonly string[] | undefined;
}

/** The valid tests and all mistakes of the file. Never throws. */
export function loadRuleTests(
  text: string | YamlFile,
  file: string,
  {rules, readText, reported = []}: RuleTestsFacts,
): Loaded<RuleTest[]> {
  const words = {
    file,
    summary: (mistakes: string) => `The rule tests ${file} have ${mistakes}:`,
    needs: '`version: 1` and `tests:`',
  };
  const known = rules === undefined ? undefined : knownWords(rules, reported);
  const yaml = typeof text === 'string' ? openYaml(text) : text;
  return loadYaml(yaml, words, (json, source) => readTests(json, source, {known, readText}));
}

/** Parses each test separately, so that a mistake in one does not hide mistakes in others. */
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
  const valid = compiled.filter(({index}) => !broken.has(index)).map(({test}) => test);
  return file.success && valid.length > 0 ? {value: valid, problems} : {problems};
}

/** Reads events from files. Adds a problem for each event that cannot be read. */
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
    needsSeveralRuns: needsSeveralRuns(written),
  };
}

/** Whether the test uses keys of the incident memory, so that its steps are separate runs. */
function needsSeveralRuns({changes = [], expect}: WrittenRuleTest): boolean {
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
  /** The time of the step: ISO 8601. */
  readonly at: string;
  /** Whether the step sets its time. If not, an event keeps its own time. */
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
    const typos = checkEvent(json);
    if (typos.length > 0) {
      problems.push(...typos.map(typo => inEvent(typo, event, [...path, 'event'])));
      return []; // other problems are possibly consequences of these
    }
    const {changes} = readEvent(unwrapEvent(json), at);
    return isTimed ? changes.map(change => ({...change, at})) : changes;
  } catch (error) {
    const inner = error instanceof PayloadError && typeof event !== 'string' ? error.path.split('.') : [];
    problems.push({path: [...path, 'event', ...inner], shown: [...path, 'event'], message: messageOf(error)});
    return [];
  }
}

/** Reports a problem in an event file at the name of the file, with the path in the file. */
function inEvent(typo: FoundProblem, event: unknown, path: readonly PropertyKey[]): FoundProblem {
  if (typeof event !== 'string') return {...typo, path: [...path, ...typo.path], shown: path};
  const place = typo.path.slice(0, -1).join('.');
  return {path, message: `${place === '' ? '' : `${place}: `}${typo.message}`};
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
