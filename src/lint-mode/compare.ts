/** Compares two commits: rules by name, rule tests, and the reactions to the same changes. Pure. Results are JSON. */
import {isObject, isSameJson, type JsonObject} from '../base/json.ts';
import {mappingsIn, scalarText} from '../lint/written.ts';
import type {Actual, ActualMessage, ActualMute, ActualRemediation} from '../rule-tests/actual.ts';
import type {RuleTest} from '../rule-tests/rule-tests.ts';
import {type RuleTestResult, runRuleTests} from '../rule-tests/run-rule-tests.ts';
import type {Rules} from '../rules/rules.ts';

/** Rules and their tests at a commit. */
export interface ComparedSide {
  /** The content of the rules file. Undefined if there is no file, or if it is not valid YAML. */
  readonly written: unknown;
  /** Undefined if they can't be loaded or do not exist. */
  readonly rules: Rules | undefined;
  /** Undefined if they can't be loaded. Empty if there is no file. */
  readonly tests: readonly RuleTest[] | undefined;
}

export interface SideComparison {
  readonly rules: RulesComparison;
  /** The tests of the head in the order of the file, then the removed tests. */
  readonly tests: readonly TestComparison[];
}

/** Rules by name, in the order of the file. */
export interface RulesComparison {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly {readonly name: string; readonly keys: readonly string[]}[];
  /** The other changed keys of the file: routes, statuses, … */
  readonly shared: readonly string[];
}

export interface TestComparison {
  readonly name: string;
  readonly kind: 'added' | 'removed' | 'edited' | 'kept';
  /** Whether the base's test passes with the base's rules. Absent if the test or the rules are absent. */
  readonly before?: boolean;
  /** Whether the head's test passes with the head's rules. */
  readonly after?: boolean;
  /** Whether the base's version of an edited or removed test would pass with the head's rules. */
  readonly formerAfter?: boolean;
  /** The reactions to its changes with the base's rules and with the head's rules, if they differ. */
  readonly reactions: readonly ReactionChange[];
}

export interface ReactionChange {
  /** "change 2 of 3", or "all 3 changes". Absent if there is one only. */
  readonly of?: string;
  readonly rules: OneSided<string>;
  readonly messages: OneSided<ActualMessage>;
  readonly remediations: OneSided<ActualRemediation>;
  readonly muted: OneSided<ActualMute>;
}

/** The items that only one of the two sides has. */
export interface OneSided<T> {
  readonly before: readonly T[];
  readonly after: readonly T[];
}

/** @param known the names of the configured Slack destinations of the head, used for both sides */
export function compareSides(base: ComparedSide, head: ComparedSide, known?: readonly string[]): SideComparison {
  return {rules: compareRules(base.written, head.written), tests: compareTests(base, head, known)};
}

function compareRules(before: unknown, after: unknown): RulesComparison {
  const [old, now] = [before, after].map(rulesByName) as [RulesByName, RulesByName];
  const changed = [...now].flatMap(([name, rule]) => {
    const keys = differingKeys(old.get(name) ?? rule, rule);
    return keys.length === 0 ? [] : [{name, keys}];
  });
  const isShared = (key: string) => key !== 'rules' && key !== 'version';
  return {
    added: [...now.keys()].filter(name => !old.has(name)),
    removed: [...old.keys()].filter(name => !now.has(name)),
    changed,
    shared: differingKeys(before, after).filter(isShared),
  };
}

type RulesByName = ReadonlyMap<string, JsonObject>;

function rulesByName(written: unknown): RulesByName {
  return new Map(mappingsIn(written, 'rules').map(({value}) => [scalarText(value['name']).trim(), value]));
}

function differingKeys(before: unknown, after: unknown): string[] {
  const [a, b] = [before, after].map(value => (isObject(value) ? value : {})) as [JsonObject, JsonObject];
  const valueIn = (holder: JsonObject, key: string) => (Object.hasOwn(holder, key) ? holder[key] : undefined);
  const keys = new Set([...Object.keys(b), ...Object.keys(a)]);
  return [...keys].filter(key => !isSameJson(valueIn(a, key), valueIn(b, key)));
}

/** Compares the tests. Empty if those of the head can't be loaded, because the removed tests are then unknown. */
function compareTests(base: ComparedSide, head: ComparedSide, known: readonly string[] | undefined): TestComparison[] {
  const {tests} = head;
  if (tests === undefined) return [];
  const runs = {
    before: byName(base.rules, base.tests, known),
    formerAfter: byName(head.rules, base.tests, known),
    after: byName(head.rules, tests, known),
    withOldRules: byName(base.rules, tests, known),
  };
  const old = new Map((base.tests ?? []).map(test => [test.name, test]));
  const removed = [...old.values()].filter(({name}) => !tests.some(test => test.name === name));
  return [
    ...tests.map(test => compareTest(test.name, kindOf(test, old.get(test.name), base.tests !== undefined), runs)),
    ...removed.map(({name}) => compareTest(name, 'removed', runs)),
  ];
}

type Results = ReadonlyMap<string, RuleTestResult>;

function byName(
  rules: Rules | undefined,
  tests: readonly RuleTest[] | undefined,
  known: readonly string[] | undefined,
): Results {
  if (rules === undefined || tests === undefined) return new Map();
  return new Map(runRuleTests(rules, tests, known).map(result => [result.name, result]));
}

/** The kind of a test. If the base's tests can't be loaded, it is unknown whether the test is new. */
function kindOf(test: RuleTest, old: RuleTest | undefined, isKnown: boolean): TestComparison['kind'] {
  if (old === undefined) return isKnown ? 'added' : 'kept';
  return isSameJson(withoutPosition(old), withoutPosition(test)) ? 'kept' : 'edited';
}

/** The test as JSON without its position, so that undefined and absent keys are equal. */
function withoutPosition({line: _line, column: _column, ...test}: RuleTest): unknown {
  return JSON.parse(JSON.stringify(test));
}

interface Runs {
  readonly before: Results;
  readonly formerAfter: Results;
  readonly after: Results;
  readonly withOldRules: Results;
}

function compareTest(name: string, kind: TestComparison['kind'], runs: Runs): TestComparison {
  const [before, after, former] = [runs.before, runs.after, runs.formerAfter].map(results => results.get(name)?.passed);
  const [old, now] =
    kind === 'removed'
      ? [runs.before.get(name), runs.formerAfter.get(name)]
      : [runs.withOldRules.get(name), runs.after.get(name)];
  return {
    name,
    kind,
    ...(before === undefined ? {} : {before}),
    ...(after === undefined ? {} : {after}),
    ...(former === undefined || kind === 'kept' ? {} : {formerAfter: former}),
    reactions: old === undefined || now === undefined ? [] : compareRuns(old, now),
  };
}

/** Compares runs by index, because the same test has the same runs with any rules. */
function compareRuns({runs: before}: RuleTestResult, {runs: after}: RuleTestResult): ReactionChange[] {
  return before.flatMap(({of, actual}, index) => {
    const now = after[index];
    if (now === undefined || isSameJson(actual, now.actual)) return [];
    return [{...(of === undefined ? {} : {of}), ...compareActual(actual, now.actual)}];
  });
}

function compareActual(before: Actual, after: Actual): Omit<ReactionChange, 'of'> {
  return {
    rules: oneSided(before.rules, after.rules),
    messages: oneSided(before.messages, after.messages),
    remediations: oneSided(before.remediations, after.remediations),
    muted: oneSided(before.muted, after.muted),
  };
}

/** The items that only one side has. Duplicates count separately. */
function oneSided<T>(before: readonly T[], after: readonly T[]): OneSided<T> {
  return {before: without(before, after), after: without(after, before)};
}

function without<T>(items: readonly T[], others: readonly T[]): T[] {
  const left = others.map(other => JSON.stringify(other));
  return items.filter(item => {
    const index = left.indexOf(JSON.stringify(item));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
