/** Read: the rules that doctor compares everything with, and whether they are the ones that run. */
import {resolve} from 'node:path';
import {ConfigError, describeProblem, messageOf} from '../../base/errors.ts';
import {isFile} from '../../base/files.ts';
import {readText} from '../../base/read-text.ts';
import {count} from '../../base/text.ts';
import {openSource, type Source} from '../../lint/source.ts';
import {loadRules} from '../../rules/parse-rules.ts';
import type {Rules} from '../../rules/rules.ts';
import {type Finding, failed, notChecked, ok} from './finding.ts';
import {type GitHubApi, readFile} from './github-api.ts';

export interface RulesAnswer {
  readonly findings: readonly Finding[];
  /** What works of them. Undefined if nothing does, or if there is no file. */
  readonly rules: Rules | undefined;
  readonly source: Source | undefined;
}

export interface RulesQuestion {
  /** As it was given, relative to `cwd` and to the repository. */
  readonly path: string;
  readonly cwd: string;
  /** Undefined if GitHub cannot be asked. */
  readonly github: {readonly api: GitHubApi; readonly branch: string} | undefined;
}

/** The relay and the action read those of the default branch. A file here is what the user works on. */
export async function askRules({path, cwd, github}: RulesQuestion): Promise<RulesAnswer> {
  const here = readHere(resolve(cwd, path), path);
  const there = github === undefined ? undefined : await readFile(github.api, path);
  const text = here ?? there;
  const where = github === undefined ? '' : `${github.branch} of ${github.api.repository}`;
  if (text === undefined) return {findings: [missing(path, where)], rules: undefined, source: undefined};
  // Which scripts the repository has is not known without a checkout, and does not matter: nothing is run.
  const {value, error} = loadRules(text, path, script => here === undefined || isFile(resolve(cwd, script)));
  const mistakes = (error?.problems ?? []).map(problem => failed(describeProblem(problem, path), LINT));
  const findings = [...mistakes, ...(github === undefined ? [] : compare(here, there, {path, where}))];
  const rules = value?.rules.length ?? 0;
  const source = here === undefined ? where : 'the file here';
  const unread = github === undefined ? ' Not compared with those on GitHub.' : '';
  return {
    findings: findings.length > 0 ? findings : [ok(`${path}, ${source}: ${count(rules, 'rule')}.${unread}`)],
    rules: value,
    source: openSource({file: path, text}),
  };
}

/** @throws {ConfigError} if it is there and can't be read */
function readHere(file: string, path: string): string | undefined {
  if (!isFile(file)) return undefined;
  try {
    return readText(file);
  } catch (error) {
    throw new ConfigError(`${path} can't be read: ${messageOf(error)}.`, []);
  }
}

const LINT = 'Fix the file. `port-reactor lint` finds more mistakes.';

function missing(path: string, where: string): Finding {
  if (where === '') return notChecked(`there is no ${path} here, and GitHub was not asked`);
  return failed(
    `There is no ${path} here, and none on ${where}.`,
    'Write the rules (docs/rules.md), or name the file with --rules.',
  );
}

function compare(here: string | undefined, there: string | undefined, at: {path: string; where: string}): Finding[] {
  const {path, where} = at;
  if (there === undefined) {
    return [
      failed(
        `${where} has no ${path}: the relay drops nothing, and the action fails.`,
        `Commit ${path} to the default branch.`,
      ),
    ];
  }
  if (here === undefined || plain(here) === plain(there)) return [];
  return [
    failed(
      `${path} here is not the one on ${where}, which the relay and the action read.`,
      'Merge the file to the default branch, or run doctor in a checkout of it.',
    ),
  ];
}

/** A checkout may have other ends of lines. */
function plain(text: string): string {
  return text
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n')
    .trimEnd();
}
