/** The settings file of the relay, with one line for each variable. `node --env-file`, Docker and shells can read it. */
import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {ConfigError, messageOf} from '../../../base/errors.ts';
import {DEFAULT_API_URL} from '../../shared/env/github-env.ts';
import type {CreatedApp} from './github.ts';
import type {SetupSettings} from './settings.ts';

/** Variables that override the file or conflict with it, if the shell sets them. */
export const CONFLICTING_VARIABLES = [
  'GITHUB_TOKEN',
  'GITHUB_APP_ID',
  'GITHUB_APP_PRIVATE_KEY',
  'GITHUB_APP_INSTALLATION_ID',
  'WEBHOOK_PROXY_URL',
];

/** Pure. @param channel the smee channel. Undefined if Port reaches the relay directly */
export function renderEnvFile(app: CreatedApp, settings: SetupSettings, channel: string | undefined): string {
  const {repository, apiUrl, portSecret} = settings;
  const lines = [
    '# Settings of the Port Reactor relay. Contains secrets: keep it out of git.',
    `GITHUB_APP_ID=${app.id}`,
    // Base64, because some readers require one line for each variable, and others do not support \n.
    `GITHUB_APP_PRIVATE_KEY=${Buffer.from(app.pem).toString('base64')}`,
    `GITHUB_REPOSITORY=${repository}`,
    ...(apiUrl === DEFAULT_API_URL ? [] : [`GITHUB_API_URL=${apiUrl}`]),
    ...(channel === undefined ? [] : [ABOUT_CHANNEL, `WEBHOOK_PROXY_URL=${channel}`]),
    (portSecret === undefined ? undefined : lineFor('PORT_CLIENT_SECRET', portSecret)) ?? ADD_SECRET,
  ];
  return `${lines.join('\n')}\n`;
}

const ABOUT_CHANNEL = `# A smee channel, for tests only: anyone who knows its URL can read the webhooks.
# Remove the line if Port reaches the relay directly.`;

const ADD_SECRET = `# Add the client secret of your Port organization (Port: ... menu > Credentials), then remove the #:
# PORT_CLIENT_SECRET=`;

/** Undefined if readers of env files interpret the value differently, for example quotes and `#`. */
function lineFor(name: string, value: string): string | undefined {
  return /^[\w.,:;+/=~@%^-]+$/.test(value) ? `${name}=${value}` : undefined;
}

/** Whether the user must add Port's secret. */
export function lacksSecret(text: string): boolean {
  return !/^PORT_CLIENT_SECRET=/m.test(text);
}

/**
 * Writes a new file that only its owner can read.
 * @throws {ConfigError} if it exists by then, or cannot be written. GitHub does not return the key a second time
 */
export function writeEnvFile({file, path}: SetupSettings, text: string, app: CreatedApp): void {
  try {
    writeFileSync(path, text, {flag: 'wx', mode: 0o600});
  } catch (error) {
    throw new ConfigError(`${file} can't be written (${messageOf(error)}), so the key of the new App is lost.`, [
      {message: `Delete the App (${app.url}, App settings, Advanced), and run the setup again.`},
    ]);
  }
}

/** Whether git does not ignore the file. False outside a repository, and without git. */
export function isExposedToGit(path: string): boolean {
  const git = (...args: string[]) => execFileSync('git', args, {cwd: dirname(path), stdio: 'ignore'});
  try {
    git('rev-parse', '--is-inside-work-tree');
  } catch {
    return false;
  }
  try {
    git('check-ignore', '--quiet', '--', path);
    return false;
  } catch {
    return true;
  }
}
