/** Parse: the text of a rules file → compiled rules, or every mistake in it with its place and the likely word. */
import type {z} from 'zod';
import {isObject} from '../change/json.ts';
import {checkIncident, checkInhibit} from './check-incident.ts';
import {checkMutes} from './check-mute.ts';
import {checkMatching} from './check-routes.ts';
import {checkNames, checkRule, type FileExists, type FoundProblem, namesOf} from './check-rules.ts';
import {compileRules} from './compile-rules.ts';
import {parseYaml, type Reading} from './parse-yaml.ts';
import type {Rules} from './rules.ts';
import {explainIssue} from './schema-problems.ts';
import {isKey, keysAt, WrittenRule, type WrittenRules, WrittenRulesFile} from './written-rules.ts';

/**
 * Compiles a rules file (design §7).
 * @param file its path, for the messages
 * @throws {ConfigError} with all mistakes at once, each with line and column
 */
export function parseRules(text: string, file: string, fileExists?: FileExists): Rules {
  const kind = {
    summary: (mistakes: string) => `The rules file ${file} has ${mistakes}; nothing is decided until it is mended:`,
    needs: '`version: 1` and `rules:`',
  };
  return compileRules(parseYaml(text, file, kind, json => readWritten(json, fileExists)));
}

/** Each rule is parsed by itself, so that a mistake in one never hides those in the others. */
function readWritten(json: unknown, fileExists: FileExists | undefined): Reading<WrittenRules> {
  const list = listIn(json, 'rules');
  const file = WrittenRulesFile.safeParse(json);
  const rules = list.map(rule => WrittenRule.safeParse(rule));
  const explain = (issue: z.core.$ZodIssue) => explainIssue(issue, json, {keysAt, isKey});
  const problems = [
    ...(file.error?.issues ?? []).flatMap(explain),
    ...rules.flatMap(({error}, index) => (error?.issues ?? []).flatMap(issue => explain(inRule(index, issue)))),
    ...list.flatMap((rule, index) =>
      [...checkRule(rule, fileExists), ...checkIncident(rule)].map(problem => foundInRule(index, problem)),
    ),
    ...checkAcross(json, namesOf(list)),
  ];
  if (!file.success || problems.length > 0) return {problems};
  return {value: {...file.data, rules: rules.flatMap(({data}) => (data === undefined ? [] : [data]))}};
}

/** What is wrong between the parts of the file. */
function checkAcross(json: unknown, names: readonly (string | undefined)[]): FoundProblem[] {
  const [routes, mute, silences] = [listIn(json, 'routes'), listIn(json, 'mute'), listIn(json, 'silences')];
  const inhibit = listIn(json, 'inhibit');
  return [
    ...checkNames(names, 'rules', 'names tell reactions apart'),
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
