/** Explains GitHub's refusals of a dispatch, and what to do. Pure. */
import type {GitHubResponse, RepositoryName} from './response.ts';

/** The meaning of a permanent refusal and the solution, for the log and for the sender of the webhook. */
export function explainGitHubRefusal(response: GitHubResponse, {owner, name}: RepositoryName): string {
  const {status, message, explanation} = response;
  const words = message === '' ? '' : ` GitHub says: ${message}`;
  if (explanation !== undefined) return `${explanation}${words}`;
  const repository = `${owner}/${name}`;
  const {settings, who, renewal, permission} = response.isApp ? APP : tokenAdvice(response.tokenName);
  switch (status) {
    case 401:
      return `GitHub does not accept the token. ${renewal}.${words}`;
    case 403:
      return `GitHub does not allow ${who} to write to ${repository}. ${permission}, and check that the repository is not archived.${words}`;
    case 404:
      return `GitHub cannot find ${repository}: the repository does not exist, or ${who} lacks Contents: write on ${repository}.${words}`;
    case 422:
      return `GitHub refuses the content of a dispatch to ${repository}.${words}`;
    default:
      if (status !== undefined && status < 300) {
        return `The server answered ${status}, but GitHub's API answers 204 to a dispatch. Check GITHUB_API_URL.`;
      }
      return status !== undefined && status < 400
        ? `GitHub redirects (${status}). If ${repository} was renamed, set GITHUB_REPOSITORY to its new name. Otherwise check GITHUB_API_URL.`
        : `GitHub answered ${status} for ${repository}. Check GITHUB_API_URL and ${settings}.${words}`;
  }
}

function tokenAdvice(settings = 'GITHUB_TOKEN') {
  return {
    settings,
    who: 'the token',
    renewal: `Set ${settings} to a token that is valid and not expired`,
    permission: 'Give it Contents: write there, authorize it for single sign-on',
  };
}

const APP = {
  settings: 'GITHUB_APP_ID',
  who: 'the GitHub App',
  renewal: 'The token of the GitHub App was revoked, and so was its replacement. Check that the App is still installed',
  permission: "Give the App Contents: read and write, accept that on its installation's page",
};
