/** The GitHub API calls of the setup: exchange a code for the App, and check the installation. */
import {createPrivateKey, type KeyObject} from 'node:crypto';
import type {Fetch, Now} from '../../../base/deps.ts';
import {messageOf, NetworkError, ReactorError, RequestError} from '../../../base/errors.ts';
import {requestJson} from '../../../base/http/request-json.ts';
import {isObject} from '../../../base/json.ts';
import {clip, oneLine} from '../../../base/text/show.ts';
import {signAppJwt} from '../../../clients/github/app/app-jwt.ts';
import {bearer, githubHeaders} from '../../../clients/github/headers.ts';

export interface CreatedApp {
  readonly id: number;
  /** The private key, as GitHub returns it. */
  readonly pem: string;
  readonly key: KeyObject;
  /** The page of the App, without a trailing slash. */
  readonly url: string;
}

/** The page that installs the App on repositories. */
export function installationUrl({url}: CreatedApp): string {
  return `${url}/installations/new`;
}

/** The code could not be exchanged. `isRetryable`: the same code can still work. */
export class CodeError extends ReactorError {
  readonly isRetryable: boolean;

  constructor(message: string, {isRetryable}: {readonly isRetryable: boolean}) {
    super(message);
    this.isRetryable = isRetryable;
  }
}

/**
 * Exchanges the code of the manifest flow for the App. A code works once, within an hour.
 * @throws {CodeError}
 * @see https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest
 */
export async function exchangeCode(code: string, apiUrl: string, fetch: Fetch): Promise<CreatedApp> {
  const url = `${apiUrl}/app-manifests/${encodeURIComponent(code)}/conversions`;
  const answer = await requestJson(fetch, {method: 'POST', url, headers: githubHeaders({})}).catch(error => {
    throw explainRefusal(error, apiUrl);
  });
  const app = readApp(answer);
  if (app !== undefined) return app;
  throw new CodeError(`The answer of ${apiUrl} is not valid for GitHub's API. Check GITHUB_API_URL.`, {
    isRetryable: false,
  });
}

/** The URL of the request contains the code, so messages do not contain the whole error. */
function explainRefusal(error: unknown, apiUrl: string): CodeError {
  if (error instanceof RequestError && [404, 422].includes(error.status)) {
    return new CodeError(
      `GitHub does not accept the code (${error.status}). A code works once, and for one hour. Start again. If GitHub lists the App already, delete it there first.`,
      {isRetryable: false},
    );
  }
  if (error instanceof RequestError) {
    return new CodeError(`GitHub's API at ${apiUrl} answered ${error.status}. Wait a moment, then reload this page.`, {
      isRetryable: true,
    });
  }
  const cause = error instanceof NetworkError && error.cause !== undefined ? error.cause : error;
  return new CodeError(
    `GitHub's API at ${apiUrl} did not answer: ${messageOf(cause)}. Reload this page to try again.`,
    {
      isRetryable: true,
    },
  );
}

function readApp(answer: unknown): CreatedApp | undefined {
  if (!isObject(answer)) return undefined;
  const {id, pem, html_url: url} = answer;
  if (typeof id !== 'number' || typeof pem !== 'string' || typeof url !== 'string') return undefined;
  const key = readKey(pem);
  if (key === undefined || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  return {id, pem, key, url: new URL(url).href.replace(/\/+$/, '')};
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined; // the parser's error could contain a part of the key
  }
}

/** Whether the App can write to the repository. `problem` is undefined while the user has not installed it. */
export type Installation =
  | {readonly isInstalled: true}
  | {readonly isInstalled: false; readonly problem: string | undefined};

export interface InstallationQuestion {
  readonly app: CreatedApp;
  /** "owner/name" */
  readonly repository: string;
  readonly apiUrl: string;
}

/** @see https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app */
export async function findInstallation(
  {app, repository, apiUrl}: InstallationQuestion,
  {fetch, now}: {readonly fetch: Fetch; readonly now: Now},
): Promise<Installation> {
  const url = `${apiUrl}/repos/${repository}/installation`;
  const headers = githubHeaders({authorization: bearer(signAppJwt(app.id, app.key, now()))});
  try {
    const problem = problemWith(await requestJson(fetch, {method: 'GET', url, headers}));
    return problem === undefined ? {isInstalled: true} : {isInstalled: false, problem};
  } catch (error) {
    return {isInstalled: false, problem: explainWait(error, repository)};
  }
}

function problemWith(installation: unknown): string | undefined {
  if (!isObject(installation) || typeof installation['id'] !== 'number') {
    return "The answer is not valid for GitHub's API. Check GITHUB_API_URL.";
  }
  const {permissions, suspended_at: suspended} = installation;
  if (isObject(permissions) && permissions['contents'] !== 'write') {
    return 'The installation does not have Contents: write. Accept the permissions on its page on GitHub.';
  }
  return typeof suspended === 'string'
    ? 'The installation is suspended. Unsuspend it on its page on GitHub.'
    : undefined;
}

/** 404 means that the App is not installed there yet. */
function explainWait(error: unknown, repository: string): string | undefined {
  if (!(error instanceof RequestError)) return clip(oneLine(messageOf(error)), 200);
  if (error.status === 404) return undefined;
  if (error.status === 401) return 'GitHub does not accept the signature of the App. Check the clock of this machine.';
  if (error.status >= 300 && error.status < 400) {
    return `${repository} has moved. Install the App there, and correct GITHUB_REPOSITORY in the file.`;
  }
  return `GitHub answered ${error.status} to the request for the installation. The setup tries again.`;
}

/** The organization that owns the repository. Undefined for a personal account, or if the request fails. */
export async function organizationOf(owner: string, apiUrl: string, fetch: Fetch): Promise<string | undefined> {
  const request = {method: 'GET', url: `${apiUrl}/users/${owner}`, headers: githubHeaders({})} as const;
  const account = await requestJson(fetch, request).catch(() => undefined);
  return isObject(account) && account['type'] === 'Organization' ? owner : undefined;
}
