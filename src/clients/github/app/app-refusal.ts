/** Explains why GitHub does not issue a token for an App, and what to do. Pure. */

import type {GitHubResponse, RepositoryName} from '../response.ts';
import type {AppSettings} from './app-settings.ts';

export interface AppRefusal {
  readonly app: AppSettings;
  readonly repository: RepositoryName;
  readonly apiUrl: string;
  readonly nowMs: number;
}

/**
 * One sentence. Undefined if the App is not the cause, as for outages and rate limits. GitHub's messages are those reported in
 * octokit/auth-app.js, actions/create-github-app-token and their issues.
 */
export function explainAppRefusal(response: GitHubResponse, refusal: AppRefusal): string | undefined {
  const {status, message} = response;
  const {app, repository} = refusal;
  const [fullName, page] = [`${repository.owner}/${repository.name}`, installationPage(refusal)];
  if (status === 401) return clockMistake(response, refusal.nowMs) ?? WRONG_KEY;
  if (status === 404 && /integration not found/i.test(message)) {
    return 'GitHub has no GitHub App with this GITHUB_APP_ID. Set it to the App ID or the client ID on the settings page of the App.';
  }
  if (status === 404 && app.installationId !== undefined) {
    return `The GitHub App has no installation ${app.installationId}. Unset GITHUB_APP_INSTALLATION_ID. The relay then looks up the ID by the repository.`;
  }
  if (status === 404) {
    return `The GitHub App is not installed on ${fullName}, or the repository does not exist. Check GITHUB_REPOSITORY, and install the App there (${page}).`;
  }
  if (status === 403 && /suspended/i.test(message)) {
    return `The installation of the GitHub App on ${fullName} is suspended. Unsuspend it on its page (${page}).`;
  }
  if (status === 422 && /repositor/i.test(message)) {
    return `The installation of the GitHub App does not include ${fullName}. Add the repository to it (${page}).`;
  }
  if (status === 422) {
    return `The GitHub App cannot write to ${fullName}. Set the repository permission Contents: read and write on the settings page of the App. Then accept the new permission for the installation (${page}).`;
  }
  return undefined;
}

const WRONG_KEY =
  'GitHub does not accept the key of the GitHub App. GITHUB_APP_PRIVATE_KEY and GITHUB_APP_ID must belong to the same App, and the App must still list the key. If in doubt, generate a new key on the settings page of the App, under Private keys.';

/** A signature is valid only for a few minutes. If the local clock is incorrect, GitHub's message gives another reason. */
function clockMistake({headers, message}: GitHubResponse, nowMs: number): string | undefined {
  const offSeconds = Math.round((nowMs - Date.parse(headers['date'] ?? '')) / 1000);
  const isOff = Math.abs(offSeconds) >= 60; // false for NaN
  if (!isOff && !/'(exp|iat)'/.test(message)) return undefined;
  const off = isOff ? `${Math.abs(offSeconds)} s ${offSeconds > 0 ? 'ahead of' : 'behind'}` : 'out of sync with';
  return `GitHub does not accept the signature of the GitHub App: the clock of this machine is ${off} GitHub's. Synchronize the clock, for example with NTP.`;
}

/**
 * The page that lists installed Apps. It differs between organizations and users, and the owner's name does not show the kind.
 */
function installationPage({apiUrl, repository}: AppRefusal): string {
  const web = webAddress(apiUrl);
  const organization = `${web}/organizations/${repository.owner}/settings/installations`;
  return `${organization}, or ${web}/settings/installations if ${repository.owner} is a user`;
}

/** https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api, or api.SUBDOMAIN.ghe.com with data residency. */
function webAddress(apiUrl: string): string {
  const {protocol, host} = new URL(apiUrl);
  return `${protocol}//${host.replace(/^api\./, '')}`;
}
