/** Read: the text of the rules file, from GitHub or from the local disk, if it has changed. */
import {readFile, stat} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {Now} from '../../src/base/deps.ts';
import {ReactorError} from '../../src/base/errors.ts';
import {isObject} from '../../src/base/json.ts';
import {classify} from '../../src/clients/github/classify.ts';
import type {GitHub} from '../../src/clients/github/client.ts';
import {RAW_TYPE} from '../../src/clients/github/headers.ts';
import {explainGitHubRefusal} from '../../src/clients/github/refusal.ts';
import type {GitHubResponse, RepositoryName} from '../../src/clients/github/response.ts';

/** The text of the file, and its version: an ETag, or time and size. */
export interface Version {
  readonly text: string;
  readonly version: string | undefined;
}

export interface RulesReader {
  /** The path, for messages. */
  readonly file: string;
  readonly everyMs: number;
  /** Whether webhooks wait for every refresh, not only for the first. */
  readonly isQuick: boolean;
  /** @returns undefined if the file still has this version. Rejects if the file cannot be read */
  read(version: string | undefined): Promise<Version | undefined>;
}

/** The file could not be read. */
export class UnreadableRules extends ReactorError {
  /** How long to wait before the next read. */
  readonly waitMs: number;

  constructor(message: string, waitMs = 0) {
    super(message);
    this.waitMs = waitMs;
  }
}

/** The time limit of a read from GitHub. Webhooks do not wait this long. */
const TIMEOUT_MS = 10_000;

/**
 * A file on the local disk. An edit applies to the next webhook. With sidecars and optional volumes, the file can appear later.
 * Until then, every change is dispatched.
 */
export function diskReader(path: string): RulesReader {
  return {
    file: path,
    everyMs: 1_000,
    isQuick: true,
    async read(former) {
      const {mtimeMs, size} = await stat(path).catch((error: unknown) => {
        throw isObject(error) && error['code'] === 'ENOENT' ? new UnreadableRules(missingFile(path)) : error;
      });
      const version = `${mtimeMs} ${size}`;
      return version === former ? undefined : {text: await readFile(path, 'utf8'), version};
    },
  };
}

/** Shows the absolute path, because an unexpected working directory is the most likely cause. */
function missingFile(path: string): string {
  const resolvedPath = resolve(path) === path ? '' : ` (looked for ${resolve(path)})`;
  return `REACTOR_RULES is set to ${path}, which does not exist${resolvedPath}. Fix the path, or create the file. The relay then loads it immediately`;
}

/**
 * The file on the repository's default branch. A 304 does not count against the hourly limit.
 * @see https://docs.github.com/en/rest/repos/contents#get-repository-content
 */
export function repositoryReader(
  file: string,
  repository: RepositoryName,
  {github, now}: {readonly github: GitHub; readonly now: Now},
): RulesReader {
  const encoded = file.split('/').map(encodeURIComponent).join('/');
  const path = `/repos/${repository.owner}/${repository.name}/contents/${encoded}`;
  return {
    file,
    everyMs: 30_000,
    isQuick: false,
    async read(former) {
      const response = await github({
        method: 'GET',
        path,
        accept: RAW_TYPE,
        ifNoneMatch: former,
        timeoutMs: TIMEOUT_MS,
        mayBeMissing: true,
      });
      if (response.status === 304) return undefined;
      if (response.status !== 200) throw unreadable(response, {file, repository, nowMs: now()});
      // For a folder, GitHub returns a list as JSON.
      if (typeof response.body !== 'string')
        throw new UnreadableRules('GitHub did not answer with a file. Check whether the path is a folder');
      return {text: response.body, version: response.headers['etag']};
    },
  };
}

/** The error for a failed read, with GitHub's rate limit. GitHub extends its limits for clients that ignore them. */
function unreadable(
  response: GitHubResponse,
  {file, repository, nowMs}: {readonly file: string; readonly repository: RepositoryName; readonly nowMs: number},
): UnreadableRules {
  if (response.status === 404 && response.explanation === undefined) {
    const who = response.isApp ? 'the GitHub App' : 'the token';
    return new UnreadableRules(
      `GitHub has no file ${file} on the default branch of ${repository.owner}/${repository.name}, or ${who} lacks Contents: read there. Commit the file, or set REACTOR_RULES`,
    );
  }
  const meaning = classify(response, repository, nowMs);
  if (meaning.kind === 'accepted') return new UnreadableRules(explainGitHubRefusal(response, repository));
  return new UnreadableRules(meaning.message, meaning.kind === 'limited' ? meaning.limit.waitMs : 0);
}
