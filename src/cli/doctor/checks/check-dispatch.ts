/** Checks that the token can dispatch to the repository. */

import {isObject} from '../../../base/json.ts';
import {describeResponse} from '../../../clients/github/response.ts';
import {type Finding, failed, ok} from '../finding.ts';
import {type GitHubApi, type GitHubReply, tryAgainAfter} from '../github-api.ts';

/** The result of the first request to GitHub. */
export interface RepositoryCheck {
  readonly findings: readonly Finding[];
  /** Whether the token can see the repository. If not, all other requests would fail in the same way. */
  readonly isVisible: boolean;
  /** The default branch. `main` if GitHub does not report it. */
  readonly branch: string;
}

const PERMISSION = 'Give the token Contents: write on the repository (docs/github-credentials.md).';

/** @throws {NetworkError} */
export async function checkRepository(api: GitHubApi): Promise<RepositoryCheck> {
  const answer = await api.get('');
  const {repository} = api;
  if (answer.status !== 200 || !isObject(answer.json)) {
    return {findings: [repositoryNotVisible(answer, repository)], isVisible: false, branch: 'main'};
  }
  const {json} = answer;
  const branch = typeof json['default_branch'] === 'string' ? json['default_branch'] : 'main';
  const findings = json['archived'] === true ? [archived(repository)] : [await checkDispatchPermission(api, json)];
  return {findings, isVisible: true, branch};
}

function repositoryNotVisible(answer: GitHubReply, repository: string): Finding {
  const reply = describeResponse(answer);
  if (isTemporary(answer)) return temporary(answer, `about ${repository}`);
  if (answer.status === 401) {
    return failed(
      `GitHub does not accept GITHUB_TOKEN: ${reply}.`,
      'Set GITHUB_TOKEN to a token that is valid and not expired.',
    );
  }
  if (answer.status === 404 || answer.status === 403) {
    return failed(
      `GITHUB_TOKEN cannot see the repository ${repository}: ${reply}.`,
      `Check GITHUB_REPOSITORY. ${PERMISSION}`,
    );
  }
  const fix = `Check GITHUB_API_URL. If ${repository} was renamed, set GITHUB_REPOSITORY to its new name.`;
  return failed(`${reply} about ${repository}, which is not a valid response of GitHub's API.`, fix);
}

function isTemporary({status, limit}: GitHubReply): boolean {
  return status >= 500 || limit !== undefined;
}

/** @param question what GitHub answered to, as in "about acme/ops" */
function temporary(answer: GitHubReply, question: string): Finding {
  const fix =
    answer.limit === undefined ? 'Try again later. See https://www.githubstatus.com' : tryAgainAfter(answer.limit);
  return failed(`${describeResponse(answer)} ${question}.`, `${fix}.`);
}

function archived(repository: string): Finding {
  return failed(
    `${repository} is archived, so GitHub rejects dispatches to it.`,
    'Unarchive it, or use another repository.',
  );
}

/**
 * Sends a dispatch with an empty event type, which GitHub must reject. GitHub checks the permission first, so 422 shows that the
 * token can dispatch, and no run starts. `permissions.push` describes the owner of the token, not the token.
 * @see https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event
 */
async function checkDispatchPermission(api: GitHubApi, json: Readonly<Record<string, unknown>>): Promise<Finding> {
  const {repository} = api;
  const {permissions} = json;
  if (isObject(permissions) && permissions['push'] === false) {
    return failed(`GITHUB_TOKEN can read ${repository}, but cannot dispatch to it.`, PERMISSION);
  }
  const answer = await api.post('dispatches', {event_type: ''});
  if (answer.status === 422 || answer.status === 204) return ok(`GITHUB_TOKEN can dispatch to ${repository}.`);
  if (isTemporary(answer)) return temporary(answer, `to a dispatch to ${repository}`);
  return failed(`GITHUB_TOKEN cannot dispatch to ${repository}: ${describeResponse(answer)}.`, PERMISSION);
}
