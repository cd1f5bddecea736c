/** Parse: the text of a rules file → compiled rules, or every mistake in it with its place and the likely word. */
import {type Document, LineCounter, parseDocument} from 'yaml';
import type {z} from 'zod';
import {isObject} from '../change/json.ts';
import {ConfigError, type Problem} from '../errors.ts';
import {checkMutes} from './check-mute.ts';
import {checkMatching} from './check-routes.ts';
import {checkNames, checkRule, type FileExists, type FoundProblem, lacks, namesOf} from './check-rules.ts';
import {compileRules} from './compile-rules.ts';
import {suggest} from './nearest.ts';
import type {Rules} from './rules.ts';
import {keysAt, WrittenRule, type WrittenRules, WrittenRulesFile} from './written-rules.ts';
import {findYamlProblems, type OffsetProblem, offsetOf} from './yaml-problems.ts';

/**
 * Compiles a rules file (design §7).
 * @param file its path, for the messages
 * @throws {ConfigError} with all mistakes at once, each with line and column
 */
export function parseRules(text: string, file: string, fileExists?: FileExists): Rules {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {lineCounter, prettyErrors: false, merge: true, logLevel: 'error'});
  const ofYaml = findYamlProblems(document, text);
  const result = ofYaml.length > 0 ? {problems: ofYaml} : parseWritten(document, text, fileExists);
  if ('written' in result) return compileRules(result.written);
  const placed = inOrder(result.problems).map(({offset, message}): Problem => {
    const {line, col} = lineCounter.linePos(offset);
    return {message, line, column: col};
  });
  const times = placed.length === 1 ? 'a mistake' : `${placed.length} mistakes`;
  throw new ConfigError(`The rules file ${file} has ${times}; nothing is decided until it is mended:`, placed, file);
}

/** In the order of the file, each once. */
function inOrder(problems: readonly OffsetProblem[]): OffsetProblem[] {
  const unique = new Map(problems.map(problem => [JSON.stringify(problem), problem]));
  return [...unique.values()].toSorted((a, b) => a.offset - b.offset);
}

type Result = {readonly written: WrittenRules} | {readonly problems: readonly OffsetProblem[]};

/** Each rule is parsed by itself, so that a mistake in one never hides those in the others. */
function parseWritten(document: Document, text: string, fileExists: FileExists | undefined): Result {
  const json: unknown = document.toJS();
  if (json === null || json === undefined) {
    return {problems: [{offset: 0, message: 'the file is empty; it needs `version: 1` and `rules:`'}]};
  }
  const list = listIn(json, 'rules');
  const file = WrittenRulesFile.safeParse(json);
  const rules = list.map(rule => WrittenRule.safeParse(rule));
  const found = [
    ...(file.error?.issues ?? []).flatMap(issue => explainIssue(issue, json)),
    ...rules.flatMap(({error}, index) =>
      (error?.issues ?? []).flatMap(issue => explainIssue(inRule(index, issue), json)),
    ),
    ...list.flatMap((rule, index) => checkRule(rule, fileExists).map(problem => foundInRule(index, problem))),
    ...checkAcross(json, namesOf(list)),
  ];
  if (file.success && found.length === 0) {
    return {written: {...file.data, rules: rules.flatMap(({data}) => (data === undefined ? [] : [data]))}};
  }
  return {problems: found.map(problem => ({offset: offsetOf(document, text, problem), message: messageFor(problem)}))};
}

/** What is wrong between the parts of the file. */
function checkAcross(json: unknown, names: readonly (string | undefined)[]): FoundProblem[] {
  const [routes, mute, silences] = [listIn(json, 'routes'), listIn(json, 'mute'), listIn(json, 'silences')];
  return [
    ...checkNames(names, 'rules', 'names tell reactions apart'),
    ...checkMatching({routes, mute, silences}, names),
    ...checkMutes(mute, silences),
  ];
}

function listIn(json: unknown, key: string): readonly unknown[] {
  const value = isObject(json) ? json[key] : undefined;
  return Array.isArray(value) ? value : [];
}

function inRule(index: number, issue: z.core.$ZodIssue): z.core.$ZodIssue {
  return {...issue, path: ['rules', index, ...issue.path]};
}

function foundInRule(index: number, problem: FoundProblem): FoundProblem {
  const {path, shown} = problem;
  const at = ['rules', index];
  return {...problem, path: [...at, ...path], ...(shown === undefined ? {} : {shown: [...at, ...shown]})};
}

/** An issue of the schema in words; one with several unknown keys, or with a union in it, becomes several. */
function explainIssue(issue: z.core.$ZodIssue, written: unknown): FoundProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(key, issue.path));
  if (issue.code === 'invalid_union') {
    const nested = issue.errors.find(errors => errors.some(error => error.path.length > 0));
    const branch = nested ?? issue.errors.find(errors => errors.some(error => error.code !== 'invalid_type'));
    if (branch) return branch.flatMap(inner => explainIssue({...inner, path: [...issue.path, ...inner.path]}, written));
  }
  if (valueAt(written, issue.path) === undefined) return missingKey(issue.path, written);
  const column = issue.code === 'custom' ? (issue.params?.['column'] as number | undefined) : undefined;
  return [{path: issue.path, message: issue.message, ...(column === undefined ? {} : {column})}];
}

function missingKey(path: readonly PropertyKey[], written: unknown): FoundProblem[] {
  const parent = valueAt(written, path.slice(0, -1));
  return isObject(parent) && !lacks(parent, String(path.at(-1))) ? [] : [{path, message: 'is missing'}];
}

function valueAt(written: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], written);
}

function unknownKey(key: string, path: readonly PropertyKey[]): FoundProblem {
  const message = `"${key}" is not a key here${suggest(key, keysAt(path))}`;
  return {path: [...path, key], shown: path, atKey: true, message};
}

function messageFor({path, shown = path, message}: FoundProblem): string {
  const dotted = shown.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return dotted === '' ? message : `${dotted.slice(1)}: ${message}`;
}
