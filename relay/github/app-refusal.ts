/** What it means that a GitHub App gets no token, and what to do about it. Pure. */
import type {AppSettings} from '../config/config.ts';
import type {GitHubAnswer, RepositoryName} from './github-answer.ts';

/** Which of the two requests was refused. */
export type AppStep = 'find installation' | 'get token';

export interface AppRefusal {
  readonly step: AppStep;
  readonly app: AppSettings;
  readonly repository: RepositoryName;
  readonly apiUrl: string;
  readonly nowMs: number;
}

/**
 * A sentence; undefined where the App is not at fault: failures of GitHub's own, and limits.
 * GitHub's words are those that octokit/auth-app.js, actions/create-github-app-token and their issues report.
 */
export function explainAppRefusal(answer: GitHubAnswer, refusal: AppRefusal): string | undefined {
  const {status, message} = answer;
  const {step, app, repository} = refusal;
  const [where, page] = [`${repository.owner}/${repository.name}`, installationPage(refusal)];
  if (status === 401) return clockMistake(answer, refusal.nowMs) ?? WRONG_KEY;
  if (status === 404 && /integration not found/i.test(message)) {
    return 'GitHub knows no GitHub App with this GITHUB_APP_ID: set it to the App ID, or the client ID, on the settings page of the App.';
  }
  if (status === 404 && step === 'find installation') {
    return `The GitHub App is not installed on ${where}, or there is no such repository: check GITHUB_REPOSITORY, and install the App there (${page}).`;
  }
  if (status === 404) {
    return app.installationId === undefined
      ? `The installation of the GitHub App on ${where} is gone: install it again (${page}).`
      : `The GitHub App has no installation ${app.installationId}: unset GITHUB_APP_INSTALLATION_ID, and it is looked up by the repository.`;
  }
  if (status === 403 && /suspended/i.test(message)) {
    return `The installation of the GitHub App on ${where} is suspended: lift that on its page (${page}).`;
  }
  if (status === 422 && /repositor/i.test(message)) {
    return `The installation of the GitHub App does not reach ${where}: add the repository to it (${page}).`;
  }
  if (status === 422) {
    return `The GitHub App may not write to ${where}: give it the repository permission Contents: read and write on its settings page, then accept that for the installation (${page}).`;
  }
  return undefined;
}

const WRONG_KEY =
  'GitHub does not accept the key of the GitHub App: GITHUB_APP_PRIVATE_KEY and GITHUB_APP_ID must be of the same App, and the key must not have been deleted there. Make a new one on the settings page of the App, under Private keys.';

/** The key's use is dated, within minutes: a machine whose clock is off is refused, in words that name the wrong reason. */
function clockMistake({headers, message}: GitHubAnswer, nowMs: number): string | undefined {
  const offSeconds = Math.round((nowMs - Date.parse(headers['date'] ?? '')) / 1000);
  const isOff = Math.abs(offSeconds) >= 60; // not where it is unknown
  if (!isOff && !/'(exp|iat)'/.test(message)) return undefined;
  const off = isOff ? `${Math.abs(offSeconds)} s ${offSeconds > 0 ? 'ahead of' : 'behind'}` : 'not in step with';
  return `GitHub does not accept what the GitHub App has signed: the clock of this machine is ${off} GitHub's. Set it right, by NTP for instance.`;
}

/** Where an owner sees what is installed. One page for organisations, another for people, and nothing tells them apart. */
function installationPage({apiUrl, repository}: AppRefusal): string {
  const web = webAddress(apiUrl);
  const organisation = `${web}/organizations/${repository.owner}/settings/installations`;
  return `${organisation}, or ${web}/settings/installations where ${repository.owner} is a person`;
}

/** https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api; api.SUBDOMAIN.ghe.com with data residency. */
function webAddress(apiUrl: string): string {
  const {protocol, host} = new URL(apiUrl);
  return `${protocol}//${host.replace(/^api\./, '')}`;
}
