/** Access to GitHub's API: files of the repository as of a commit, for what no checkout has. */
import {setTimeout as sleep} from 'node:timers/promises';
import {getOctokit} from '@actions/github';
import type {RepositoryFile} from '../base/deps.ts';
import {messageOf} from '../base/errors.ts';

interface Timing {
  /** How long one of the functions may take in all, with its repetitions. */
  readonly patienceMs: number;
  /** Before a request is repeated that failed for a reason that may pass. */
  readonly pausesMs: readonly number[];
}

export const {readRepositoryFile, findRepositoryFile} = createRepositoryFiles({
  patienceMs: 20_000,
  pausesMs: [500, 2_000],
});

/** Both need `contents: read`. @see https://docs.github.com/en/rest/repos/contents#get-repository-content */
export function createRepositoryFiles(timing: Timing) {
  return {
    /**
     * The text of a file as of a commit.
     * @throws {Error} in GitHub's words, or because GitHub did not answer in time
     */
    async readRepositoryFile(file: RepositoryFile, token: string, apiUrl: string): Promise<string> {
      try {
        return await createGet(token, apiUrl, timing)(file, RAW);
      } catch (error) {
        throw explained(error, file);
      }
    },

    /**
     * The text of a file as of a commit. Undefined if the commit does not have it.
     * @throws {Error} as above, and if nothing of the commit can be read: GitHub answers 404 for that, too
     */
    async findRepositoryFile(file: RepositoryFile, token: string, apiUrl: string): Promise<string | undefined> {
      const get = createGet(token, apiUrl, timing);
      try {
        return await get(file, RAW);
      } catch (error) {
        if (!isMissing(error)) throw explained(error, file);
      }
      const root = {...file, path: ''};
      try {
        await get(root, {});
        return undefined;
      } catch (error) {
        throw isMissing(error)
          ? new Error(`GitHub shows no commit ${file.sha} of ${file.repository}`)
          : explained(error, root);
      }
    },
  };
}

const RAW = {format: 'raw'};

/** Gets contents as text. Everything that is asked through one of them shares its patience. */
function createGet(token: string, apiUrl: string, {patienceMs, pausesMs}: Timing) {
  const signal = AbortSignal.timeout(patienceMs);
  // The toolkit's own `fetch` is undici's, which the bundle leaves out.
  const request = {fetch: globalThis.fetch, signal, parseSuccessResponseBody: false};
  const octokit = getOctokit(token, {baseUrl: apiUrl, request});
  return async ({repository, path, sha}: RepositoryFile, mediaType: {format?: string}): Promise<string> => {
    const [owner = '', repo = ''] = repository.split('/');
    const pauses = [...pausesMs];
    for (;;) {
      try {
        const {data} = await octokit.rest.repos.getContent({owner, repo, path, ref: sha, mediaType});
        return await textOf(data);
      } catch (error) {
        const pauseMs = signal.aborted || !mayPass(error) ? undefined : pauses.shift();
        if (pauseMs !== undefined) await sleep(pauseMs, undefined, {signal}).catch(() => {});
        if (signal.aborted) throw new Error(`GitHub did not answer within ${patienceMs / 1000} s`);
        if (pauseMs === undefined) throw error;
      }
    }
  };
}

/** Octokit gives a request without an answer the status 500, too. */
function mayPass(error: unknown): boolean {
  return ((error as {status?: number}).status ?? 500) >= 500;
}

/** Octokit's own reading gives bytes for a text whose `charset` is not named, and an empty text for an answer that is cut. */
async function textOf(body: unknown): Promise<string> {
  return new Response(body as ReadableStream).text();
}

function explained(error: unknown, {repository}: RepositoryFile): Error {
  if (!isMissing(error)) return new Error(messageOf(error), {cause: error});
  return new Error(`GitHub has no such file in ${repository}`);
}

function isMissing(error: unknown): boolean {
  return (error as {status?: number}).status === 404;
}
