/** Reads the rules from a local file, or from the repository on GitHub, because a scheduled command has no checkout. */
import {resolve} from 'node:path';
import * as z from 'zod/mini';
import {ConfigError, messageOf, NetworkError, RequestError} from '../../../base/errors.ts';
import {isFile} from '../../../base/files.ts';
import {requestJson} from '../../../base/http/request-json.ts';
import {bearer, githubHeaders} from '../../../clients/github/headers.ts';
import {DEFAULT_RULES} from '../../../rules/default-path.ts';
import {loadRules} from '../../../rules/parse-rules.ts';
import type {GitHubEnv} from '../env/github-env.ts';
import type {CliWorld} from '../world.ts';
import {type RulesHere, readRulesFile} from './rules-file.ts';
import {atHome} from './rules-home.ts';

/** `home`: the world with the root of the repository as `cwd`. */
interface RulesAnywhere extends RulesHere {
  readonly home: CliWorld;
}

interface RulesArguments {
  readonly command: string;
  /** The path as typed. Undefined for the default path, in this folder, a parent folder, or the default branch on GitHub. */
  readonly path: string | undefined;
  /** Undefined if only local files are read. */
  readonly github: GitHubEnv | undefined;
}

/** @throws {UsageError} @throws {ConfigError} if the rules cannot be read, or if no rule is valid */
export async function readRulesAnywhere(
  {command, path, github}: RulesArguments,
  world: CliWorld,
): Promise<RulesAnywhere> {
  const home = atHome(path ?? DEFAULT_RULES, world);
  if (path !== undefined || github === undefined || isFile(resolve(home.cwd, DEFAULT_RULES)))
    return {...readRulesFile(command, path ?? DEFAULT_RULES, home), home};
  const text = await readFromGitHub(DEFAULT_RULES, github, world);
  // Whether the scripts exist is not known here. This does not matter, because no script runs.
  const {value, error} = loadRules(text, DEFAULT_RULES, () => true);
  if (value === undefined) throw error;
  return {rules: value, error, home};
}

const Contents = z.object({content: z.string(), encoding: z.literal('base64')});

/** @see https://docs.github.com/en/rest/repos/contents#get-repository-content */
async function readFromGitHub(path: string, github: GitHubEnv, {fetch}: CliWorld): Promise<string> {
  const {repository, token, apiUrl} = github;
  const fail = (why: string) =>
    new ConfigError(`The rules cannot be read: ${why}.`, [
      {
        message: `Run the command in a checkout, set the file with --rules, or give GITHUB_TOKEN access to ${path} in ${repository}.`,
      },
    ]);
  try {
    const answer = await requestJson(fetch, {
      method: 'GET',
      url: `${apiUrl}/repos/${repository}/contents/${path}`,
      headers: githubHeaders({authorization: bearer(token)}),
    });
    const contents = Contents.safeParse(answer);
    if (contents.success) return Buffer.from(contents.data.content, 'base64').toString('utf8');
    throw fail(`GitHub's answer about ${path} is not a file`);
  } catch (error) {
    if (error instanceof RequestError || error instanceof NetworkError) throw fail(messageOf(error));
    throw error;
  }
}
