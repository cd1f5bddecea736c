/** Parse: GitHub credentials from environment variables: a token, or the settings of a GitHub App. */
import type {KeyObject} from 'node:crypto';
import {numberIn, quote, refuse, type Settings} from '../../../base/settings/settings.ts';
import {parsePrivateKey} from './private-key.ts';

/** How a process authenticates to GitHub. */
export type CredentialsSettings =
  | {readonly kind: 'token'; readonly token: string}
  | ({readonly kind: 'app'} & AppSettings);

/** A GitHub App, with the values of its settings page. */
export interface AppSettings {
  /** The App ID, or the client ID, which starts with `Iv`. */
  readonly appId: number | string;
  readonly privateKey: KeyObject;
  /** If undefined, the client looks it up by the repository. */
  readonly installationId: number | undefined;
}

function token(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  return refuse('must be one token, without white space or other characters that are not allowed in a header');
}

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
function appId(value: string): number | string {
  if (/^[1-9]\d{0,14}$/.test(value)) return Number(value);
  if (/^Iv[A-Za-z0-9.]{4,62}$/.test(value)) return value;
  return refuse(`must be the App ID, a number, or the client ID, which starts with Iv, not ${quote(value)}`);
}

const APP_VARIABLES = ['GITHUB_APP_ID', 'GITHUB_APP_PRIVATE_KEY', 'GITHUB_APP_INSTALLATION_ID'];

/** Accepts either a token or an App. With both, it would be unclear which one GitHub receives. */
export function readCredentials(settings: Settings): CredentialsSettings {
  const ofApp = APP_VARIABLES.find(name => settings.has(name));
  if (ofApp === undefined) return {kind: 'token', token: settings.require('GITHUB_TOKEN', token, WHAT_TOKEN)};
  if (settings.has('GITHUB_TOKEN')) {
    settings.problems.set(
      'GITHUB_TOKEN',
      `GITHUB_TOKEN and ${ofApp} are both set. Unset GITHUB_TOKEN to use the GitHub App, or unset the GITHUB_APP_* variables to use the token`,
    );
  }
  return {
    kind: 'app',
    appId: settings.require('GITHUB_APP_ID', appId, "the App ID or the client ID on the App's settings page"),
    privateKey: settings.require(
      'GITHUB_APP_PRIVATE_KEY',
      parsePrivateKey,
      'a private key of the App, the whole .pem file',
    ),
    installationId: settings.readOptional('GITHUB_APP_INSTALLATION_ID', numberIn(1, 999_999_999_999)),
  };
}

const WHAT_TOKEN =
  'a fine-grained token with Contents: write on GITHUB_REPOSITORY, or set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY';
