/** Reads the rules for `doctor`, and compares them with the rules on the default branch. */
import {resolve} from 'node:path';
import {ConfigError, describeProblem, messageOf} from '../../base/errors.ts';
import {isFile} from '../../base/files.ts';
import {readText} from '../../base/text/read-text.ts';
import {count} from '../../base/text/show.ts';
import {openSource, type Source} from '../../lint/source.ts';
import {loadRules} from '../../rules/parse-rules.ts';
import type {Rules} from '../../rules/rules.ts';
import {type Finding, failed, notChecked, ok} from './finding.ts';
import {type GitHubApi, readFile} from './github-api.ts';

export interface RulesCheck {
  readonly findings: readonly Finding[];
  /** The valid rules. Undefined if no rule is valid, or if the file does not exist. */
  readonly rules: Rules | undefined;
  readonly source: Source | undefined;
}

export interface RulesQuestion {
  /** The path as the user gave it, relative to `cwd` and to the repository. */
  readonly path: string;
  readonly cwd: string;
  /** Undefined if GitHub is not accessible. */
  readonly github: {readonly api: GitHubApi; readonly branch: string} | undefined;
}

/** The local file takes precedence, because the user works on it. The relay and the action read the default branch. */
export async function checkRules({path, cwd, github}: RulesQuestion): Promise<RulesCheck> {
  const here = readHere(resolve(cwd, path), path);
  const there = github === undefined ? undefined : await readFile(github.api, path);
  const text = here ?? there;
  const where = github === undefined ? '' : `${github.branch} of ${github.api.repository}`;
  if (text === undefined) return {findings: [missing(path, where)], rules: undefined, source: undefined};
  // Without a checkout, the scripts of the repository are not known. This does not matter, because no script runs.
  const {value, error} = loadRules(text, path, script => here === undefined || isFile(resolve(cwd, script)));
  const mistakes = (error?.problems ?? []).map(problem => failed(describeProblem(problem, path), LINT));
  const findings = [...mistakes, ...(github === undefined ? [] : compare(here, there, {path, where}))];
  const rules = value?.rules.length ?? 0;
  const source = here === undefined ? where : 'the local file';
  const unread = github === undefined ? ' Not compared with the rules on GitHub.' : '';
  return {
    findings: findings.length > 0 ? findings : [ok(`${path}, ${source}: ${count(rules, 'rule')}.${unread}`)],
    rules: value,
    source: openSource({file: path, text}),
  };
}

/** Undefined if the file does not exist. @throws {ConfigError} if it can't be read */
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
  if (where === '') return notChecked(`${path} does not exist in this folder, and GitHub was not checked`);
  return failed(
    `${path} exists neither in this folder nor on ${where}.`,
    'Write the rules (docs/rules.md), or set the path with --rules.',
  );
}

function compare(here: string | undefined, there: string | undefined, at: {path: string; where: string}): Finding[] {
  const {path, where} = at;
  if (there === undefined) {
    return [
      failed(
        `${where} has no ${path}, so the relay filters nothing, and the action fails.`,
        `Commit ${path} to the default branch.`,
      ),
    ];
  }
  if (here === undefined || plain(here) === plain(there)) return [];
  return [
    failed(
      `The local ${path} differs from the file on ${where}, which the relay and the action read.`,
      'Merge the file into the default branch, or run doctor in a checkout of it.',
    ),
  ];
}

/** Ignores differences in line endings. */
function plain(text: string): string {
  return text
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n')
    .trimEnd();
}
