/** Access to GitHub's API: a file of the repository, for a workflow that checks nothing out. */
import {getOctokit} from '@actions/github';
import type {RepositoryFile} from '../deps.ts';
import {messageOf} from '../errors.ts';

/**
 * The text of a file as of a commit. Needs `contents: read`.
 * @throws {Error} in GitHub's words
 * @see https://docs.github.com/en/rest/repos/contents#get-repository-content
 */
export async function readRepositoryFile(file: RepositoryFile, token: string, apiUrl: string): Promise<string> {
  const [owner = '', repo = ''] = file.repository.split('/');
  // The toolkit's own `fetch` is undici's, which the bundle leaves out.
  const octokit = getOctokit(token, {baseUrl: apiUrl, request: {fetch: globalThis.fetch}});
  const raw = {mediaType: {format: 'raw'}};
  try {
    const {data} = await octokit.rest.repos.getContent({owner, repo, path: file.path, ref: file.sha, ...raw});
    return String(data);
  } catch (error) {
    if ((error as {status?: number}).status !== 404) throw new Error(messageOf(error), {cause: error});
    throw new Error(`GitHub has no such file in ${file.repository}`);
  }
}
