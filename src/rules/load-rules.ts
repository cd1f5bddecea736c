/** Parse: an opened rules file → compiled rules and all mistakes, with positions and suggestions. */
import type {z} from 'zod';
import {isObject} from '../base/json.ts';
import {checkIncident, checkInhibit} from './check/check-incident.ts';
import {checkMutes} from './check/check-mute.ts';
import {checkMatching} from './check/check-routes.ts';
import {checkNames, checkRule, type FileExists, namesOf} from './check/check-rules.ts';
import {compileRules} from './compile-rules.ts';
import {leaveOutMistakes} from './leave-out.ts';
import type {FoundProblem} from './problem.ts';
import type {Rules} from './rules.ts';
import {isKey, keysAt, WrittenRule, WrittenRulesFile} from './written/written-rules.ts';
import {
  type Loaded,
  loadYaml,
  type Reading,
  type WrittenAt,
  withRounded,
  type YamlFile,
  type YamlSource,
} from './yaml/load-yaml.ts';
import {explainIssue} from './yaml/schema-problems.ts';

/**
 * Compiles a rules file. Parts with mistakes are left out, and the rest works.
 * @param file its path, for messages
 * @returns the valid rules, or undefined if no rule is valid, and all mistakes with line and column
 */
export function loadOpenRules(yaml: YamlFile, file: string, fileExists?: FileExists): Loaded<Rules> {
  const summary = (mistakes: string, works: boolean) => {
    const consequence = works
      ? 'Parts with mistakes are ignored until they are fixed'
      : 'No change is decided until the file is fixed';
    return `The rules file ${file} has ${mistakes}. ${consequence}:`;
  };
  return loadYaml(yaml, {file, summary, needs: '`version: 1` and `rules:`'}, (json, source) =>
    readRules(json, source, fileExists),
  );
}

/** Parses each rule separately, so that a mistake in one does not hide mistakes in others. */
function readRules(
  json: unknown,
  {writtenAt, broken, rounded}: YamlSource,
  fileExists: FileExists | undefined,
): Reading<Rules> {
  const list = listIn(json, 'rules');
  const parsed = list.map(rule => WrittenRule.safeParse(rule));
  const explain = (issue: z.core.$ZodIssue) => explainIssue(issue, json, {keysAt, isKey});
  const found = [
    ...(WrittenRulesFile.safeParse(json).error?.issues ?? []).flatMap(explain),
    ...parsed.flatMap(({error}, index) => (error?.issues ?? []).flatMap(issue => explain(inRule(index, issue)))),
    ...list.flatMap((rule, index) =>
      [...checkRule(rule, fileExists), ...checkIncident(rule)].map(problem => foundInRule(index, problem)),
    ),
    ...checkAcross(json, namesOf(list)),
  ];
  const problems = withRounded(
    found,
    rounded.filter(({path}) => !isEnv(path)),
  );
  const rest = leaveOutMistakes(json, [...problems, ...broken.map(path => ({path, message: ''}))]);
  const around = WrittenRulesFile.safeParse(rest?.around);
  if (rest === undefined || !around.success) return {problems};
  const rules = rest.kept.rules.flatMap(({index}) => {
    const rule = parsed[index]?.data;
    return rule === undefined ? [] : [keepEnv(rule, index, writtenAt)];
  });
  return {value: compileRules({...around.data, rules}, rest), problems};
}

function isEnv(path: readonly PropertyKey[]): boolean {
  return path[0] === 'rules' && path[2] === 'remediate' && path[3] === 'env';
}

/** Passes values to the script as written: `VERSION: 3.10` is 3.10, not the number 3.1. */
function keepEnv(rule: WrittenRule, index: number, writtenAt: WrittenAt): WrittenRule {
  const {remediate} = rule;
  if (remediate?.env === undefined) return rule;
  const env = Object.entries(remediate.env).map(([name, value]) => {
    const isText = typeof value === 'string';
    return [name, isText ? value : writtenAt(['rules', index, 'remediate', 'env', name])];
  });
  return {...rule, remediate: {...remediate, env: Object.fromEntries(env)}};
}

/** Problems between the parts of the file. */
function checkAcross(json: unknown, names: readonly (string | undefined)[]): FoundProblem[] {
  const [routes, mute, silences] = [listIn(json, 'routes'), listIn(json, 'mute'), listIn(json, 'silences')];
  const inhibit = listIn(json, 'inhibit');
  return [
    ...checkNames(names, 'rules', 'Rule names must be unique.'),
    ...checkMatching({routes, mute, silences, inhibit}, names),
    ...checkInhibit(inhibit, names),
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
