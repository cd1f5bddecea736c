/** Parse: the text of a rules file → compiled rules, or every mistake in it with its place and the likely word. */
import {type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument} from 'yaml';
import type {z} from 'zod';
import type {ChangeAction} from '../change/change.ts';
import {ConfigError, type Problem} from '../errors.ts';
import {checkRule, checkRules, type FileExists, type FoundProblem} from './check-rules.ts';
import {parseDuration} from './duration.ts';
import {compileExpression} from './expression.ts';
import {suggest} from './nearest.ts';
import type {Remediate, Route, Rule, Rules, Scalar} from './rules.ts';
import {keysAt, ON_ACTIONS, WrittenRule, WrittenRulesFile} from './written-rules.ts';

/**
 * Compiles a rules file (design §7).
 * @param file its path, for the messages
 * @throws {ConfigError} with all mistakes at once, each with line and column
 */
export function parseRules(text: string, file: string, fileExists?: FileExists): Rules {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {lineCounter, prettyErrors: false, merge: true});
  const problems =
    document.errors.length > 0
      ? document.errors.map(({pos, message}) => ({offset: pos[0], message: message.split('\n')[0] ?? message}))
      : findProblems(document, fileExists);
  if (problems.length === 0) return compileRules(document.toJS());
  const placed = problems.map(({offset, message}): Problem => {
    const {line, col} = lineCounter.linePos(offset);
    return {message, line, column: col};
  });
  const unique = new Map(placed.map(problem => [JSON.stringify(problem), problem]));
  const sorted = [...unique.values()].toSorted(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
  const times = sorted.length === 1 ? 'a mistake' : `${sorted.length} mistakes`;
  throw new ConfigError(`The rules file ${file} has ${times}; nothing is decided until it is mended:`, sorted, file);
}

interface OffsetProblem {
  readonly offset: number;
  readonly message: string;
}

function findProblems(document: Document, fileExists: FileExists | undefined): OffsetProblem[] {
  let written: unknown;
  try {
    written = document.toJS();
  } catch (error) {
    return [{offset: 0, message: (error as Error).message}]; // too many aliases
  }
  if (written === null || written === undefined) {
    return [{offset: 0, message: 'the file is empty; it needs `version: 1` and `rules:`'}];
  }
  const shape = WrittenRulesFile.safeParse(written).error?.issues ?? [];
  const found = [...shape.flatMap(issue => explainIssue(issue, written)), ...findRuleProblems(written, fileExists)];
  return found.map(problem => ({offset: offsetOf(document, problem), message: message(problem)}));
}

/** Each rule is checked by itself, so that a mistake in one never hides those in the others. */
function findRuleProblems(written: unknown, fileExists: FileExists | undefined): FoundProblem[] {
  const {rules, routes} = (typeof written === 'object' ? written : {}) as {rules?: unknown; routes?: unknown};
  const list = Array.isArray(rules) ? rules : [];
  const ofRules = list.flatMap((rule, index) => {
    const issues = WrittenRule.safeParse(rule).error?.issues ?? [];
    const ofShape = issues.flatMap(issue => explainIssue({...issue, path: ['rules', index, ...issue.path]}, written));
    const ofMeaning = checkRule(rule, fileExists).map(found => ({...found, path: ['rules', index, ...found.path]}));
    return [...ofShape, ...ofMeaning];
  });
  return [...ofRules, ...checkRules(list, Array.isArray(routes) ? routes : [])];
}

/** An issue of the schema in words; one with several unknown keys, or with a union in it, becomes several. */
function explainIssue(issue: z.core.$ZodIssue, written: unknown): FoundProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const valid = keysAt(issue.path);
    return issue.keys.map(key => ({
      path: [...issue.path, key],
      shown: issue.path,
      atKey: true,
      message: `"${key}" is not a key here${suggest(key, valid)}`,
    }));
  }
  if (issue.code === 'invalid_union') {
    const nested = issue.errors.find(errors => errors.some(error => error.path.length > 0));
    const branch = nested ?? issue.errors.find(errors => errors.some(error => error.code !== 'invalid_type'));
    if (branch) return branch.flatMap(inner => explainIssue({...inner, path: [...issue.path, ...inner.path]}, written));
  }
  const value = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    written,
  );
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    return [{path: issue.path, message: `"${value}" is not known${suggest(value, issue.values.map(String))}`}];
  }
  const column = issue.code === 'custom' ? (issue.params?.['column'] as number | undefined) : undefined;
  const message = value === undefined ? 'is missing' : issue.message;
  return [{path: issue.path, message, ...(column === undefined ? {} : {column})}];
}

function message({path, shown = path, message}: FoundProblem): string {
  const dotted = shown.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return dotted === '' ? message : `${dotted.slice(1)}: ${message}`;
}

/** Where to point: at the value, at the key where that is what is wrong, or at the nearest parent that exists. */
function offsetOf(document: Document, {path, atKey, column}: FoundProblem): number {
  const find = (at: readonly PropertyKey[]) => (at.length > 0 ? document.getIn(at, true) : document.contents);
  const parent = find(path.slice(0, -1));
  if (atKey && isMap(parent)) {
    const key = parent.items.find(item => isScalar(item.key) && item.key.value === path.at(-1))?.key;
    if (isNode(key)) return startOf(key);
  }
  for (let length = path.length; length >= 0; length--) {
    const node = find(path.slice(0, length));
    if (isNode(node)) return startOf(node) + (length === path.length && isPlain(node) ? (column ?? 0) : 0);
  }
  return 0;
}

/** Only in a plain scalar on one line is a column of the text a column of the file. */
function isPlain(node: Node): boolean {
  return isScalar(node) && node.type === 'PLAIN';
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function compileRules(valid: unknown): Rules {
  const written = WrittenRulesFile.parse(valid);
  const rules = written.rules.map(rule => compileRule(WrittenRule.parse(rule)));
  return {
    rules,
    byBlueprint: groupByBlueprint(rules),
    routes: (written.routes ?? []).map(compileRoute),
    statuses: new Map(Object.entries(written.statuses ?? {})),
  };
}

function groupByBlueprint(rules: readonly Rule[]): Map<string, Rule[]> {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) groups.set(rule.blueprint, [...(groups.get(rule.blueprint) ?? []), rule]);
  return groups;
}

/** Defaults are set here and nowhere else. */
function compileRule(written: WrittenRule): Rule {
  const {name, blueprint, property, above, below, clear} = written;
  const on = written.on === undefined ? (['created', 'updated'] as const) : listOf(written.on);
  return {
    name,
    blueprint,
    on: on.map((word): ChangeAction => ON_ACTIONS[word]),
    ...definedOnly({property, above, below, clear}),
    ...(written.from === undefined ? {} : {from: listOf<Scalar>(written.from)}),
    ...(written.to === undefined ? {} : {to: listOf<Scalar>(written.to)}),
    ...(written.if === undefined ? {} : {if: compileExpression(written.if)}),
    severity: written.severity ?? 'info',
    ...(written.notify ? {notify: written.notify === true ? {} : definedOnly(written.notify)} : {}),
    ...(written.remediate ? {remediate: compileRemediate(written.remediate)} : {}),
  };
}

const DEFAULT_TIMEOUT_MS = 5 * 60_000;

function compileRemediate(written: NonNullable<WrittenRule['remediate']>): Remediate {
  const {run, job, attempts} = written;
  const cooldownMs = written.cooldown === undefined ? undefined : parseDuration(written.cooldown);
  return {
    ...definedOnly({run, job, attempts, cooldownMs}),
    timeoutMs: (written.timeout === undefined ? undefined : parseDuration(written.timeout)) ?? DEFAULT_TIMEOUT_MS,
    env: Object.fromEntries(Object.entries(written.env ?? {}).map(([key, value]) => [key, String(value)])),
    pass: written.pass ?? [],
  };
}

function compileRoute({match, slack}: NonNullable<WrittenRulesFile['routes']>[number]): Route {
  const lists = Object.entries(match ?? {}).map(([key, value]) => [key, listOf(value as string | string[])] as const);
  return {match: Object.fromEntries(lists), slack};
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

type Defined<T> = {[K in keyof T]: Exclude<T[K], undefined>};

function definedOnly<T extends object>(values: T): Partial<Defined<T>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Defined<T>>;
}
