/** Parses the options and the environment of `relay --setup`. Reports all mistakes together. */
import {existsSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import type {Problem} from '../../../base/errors.ts';
import {statsOf} from '../../../base/files.ts';
import {withHiddenLogins} from '../../../secrets/secrets.ts';
import {DEFAULT_API_URL, readAddress, readRepositoryName, serverOf} from '../../shared/env/github-env.ts';
import {readSpan} from '../../shared/time-options.ts';
import {UsageError} from '../../shared/usage.ts';
import type {CliWorld} from '../../shared/world.ts';

/** The options, as Commander returns them. */
export interface SetupOptions {
  readonly out?: string;
  readonly org?: string;
  readonly port?: string;
  /** False for `--no-smee`. */
  readonly smee?: string | false;
  readonly wait?: string;
}

export interface SetupSettings {
  readonly owner: string;
  /** "owner/name" */
  readonly repository: string;
  /** The organization that will own the App. If undefined, it is looked up from the owner of the repository. */
  readonly org: string | undefined;
  /** Without a trailing slash. */
  readonly serverUrl: string;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  /** The address that opens a channel. Undefined if Port reaches the relay directly. */
  readonly smeeUrl: string | undefined;
  /** The path as the user gave it. */
  readonly file: string;
  /** The absolute path. */
  readonly path: string;
  /** 0 for any free port. */
  readonly port: number;
  /** How long the page waits for the user. */
  readonly waitMs: number;
  /** Port's client secret, for the file. Undefined if it is not in the environment. */
  readonly portSecret: string | undefined;
}

export const DEFAULT_FILE = 'relay.env';
export const DEFAULT_SMEE = 'https://smee.io';
export const DEFAULT_WAIT = '30m';

/** Allows underscores, which names of managed users contain. @see https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam */
const ORGANIZATION = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/** @throws {UsageError} */
export function readSetupSettings(options: SetupOptions, {env, cwd}: CliWorld): SetupSettings {
  const problems: Problem[] = [];
  const repository = readRepositoryName(env, 'the repository that receives the dispatches', problems);
  const {org, out: file = DEFAULT_FILE} = options;
  if (org !== undefined && !ORGANIZATION.test(org)) {
    problems.push({message: '--org must be the name of an organization, for example acme'});
  }
  const apiUrl = readAddress('GITHUB_API_URL', env['GITHUB_API_URL']?.trim() || DEFAULT_API_URL, problems);
  const serverUrl = readAddress('GITHUB_SERVER_URL', serverOf(env, apiUrl), problems);
  const settings: SetupSettings = {
    ...{repository, owner: repository.split('/')[0] ?? '', org, apiUrl, serverUrl},
    smeeUrl: options.smee === false ? undefined : readSmee(options.smee ?? DEFAULT_SMEE, problems),
    ...{file, path: readPath(file, cwd, problems)},
    port: readPort(options.port ?? '0', problems),
    waitMs: readWait(options.wait ?? DEFAULT_WAIT, problems),
    portSecret: env['PORT_CLIENT_SECRET']?.trim() || undefined,
  };
  if (problems.length > 0) throw new UsageError('relay --setup', problems);
  return settings;
}

/** GitHub returns the key only once, so the path is checked before the App is created. */
function readPath(file: string, cwd: string, problems: Problem[]): string {
  const path = resolve(cwd, file);
  if (existsSync(path)) {
    problems.push({
      message: `${file} already exists, and is not overwritten. Remove it, or set another file with --out`,
    });
  } else if (!statsOf(dirname(path))?.isDirectory()) {
    problems.push({message: `--out ${file}: the folder does not exist. Create it first`});
  }
  return path;
}

function readSmee(text: string, problems: Problem[]): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    const shown = withHiddenLogins(text);
    problems.push({
      message: `--smee ${shown} is not an http or https URL, for example ${DEFAULT_SMEE}. Without a channel: --no-smee`,
    });
  }
  const base = text.replace(/\/+$/, '');
  return base.endsWith('/new') ? base : `${base}/new`;
}

function readPort(text: string, problems: Problem[]): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) problems.push({message: `--port must be a number from 0 (any) to 65535, not ${text}`});
  return port;
}

const DAY_MS = 86_400_000;

function readWait(text: string, problems: Problem[]): number {
  const waitMs = readSpan('--wait', text, problems);
  if (waitMs > DAY_MS) problems.push({message: `--wait ${text} is more than a day`});
  return waitMs;
}
