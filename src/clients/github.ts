/** Access to GitHub's API: files of the repository as of a commit, for what no checkout has. */
import {getOctokit} from '@actions/github';
import type {RepositoryFile} from '../deps.ts';
import {messageOf} from '../errors.ts';

/**
 * The text of a file as of a commit. Needs `contents: read`.
 * @throws {Error} in GitHub's words
 * @see https://docs.github.com/en/rest/repos/contents#get-repository-content
 */
export async function readRepositoryFile(file: RepositoryFile, token: string, apiUrl: string): Promise<string> {
  try {
    return String(await getContent(file, token, apiUrl, RAW));
  } catch (error) {
    throw explained(error, file);
  }
}

/**
 * The text of a file as of a commit; undefined where the commit does not have it. Needs `contents: read`.
 * @throws {Error} in GitHub's words, also where nothing of the commit can be read: GitHub answers 404 for that, too
 */
export async function findRepositoryFile(
  file: RepositoryFile,
  token: string,
  apiUrl: string,
): Promise<string | undefined> {
  try {
    return String(await getContent(file, token, apiUrl, RAW));
  } catch (error) {
    if (!isMissing(error)) throw explained(error, file);
  }
  const root = {...file, path: ''};
  try {
    await getContent(root, token, apiUrl);
    return undefined;
  } catch (error) {
    throw isMissing(error)
      ? new Error(`GitHub shows no commit ${file.sha} of ${file.repository}`)
      : explained(error, root);
  }
}

const RAW = {format: 'raw'};

async function getContent(file: RepositoryFile, token: string, apiUrl: string, mediaType = {}): Promise<unknown> {
  const [owner = '', repo = ''] = file.repository.split('/');
  // The toolkit's own `fetch` is undici's, which the bundle leaves out.
  const octokit = getOctokit(token, {baseUrl: apiUrl, request: {fetch: globalThis.fetch}});
  const {data} = await octokit.rest.repos.getContent({owner, repo, path: file.path, ref: file.sha, mediaType});
  return data;
}

function explained(error: unknown, {repository}: RepositoryFile): Error {
  if (!isMissing(error)) return new Error(messageOf(error), {cause: error});
  return new Error(`GitHub has no such file in ${repository}`);
}

function isMissing(error: unknown): boolean {
  return (error as {status?: number}).status === 404;
}
