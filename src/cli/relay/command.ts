/** The command `relay`: starts the relay of the same build. */
import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {Command} from 'commander';
import {ConfigError, messageOf} from '../../base/errors.ts';
import {RELAY_VARIABLES, type RelayVariable} from '../../base/settings/relay-variables.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {DEFAULT_FILE, DEFAULT_SMEE, DEFAULT_WAIT, readSetupSettings, type SetupOptions} from './setup/settings.ts';
import {setUp} from './setup/setup.ts';

const NAME_WIDTH = Math.max(...RELAY_VARIABLES.map(({name}) => name.length)) + 2;

const MAX_WIDTH = 110;
const INDENT = NAME_WIDTH + 2;

const HELP = `
All settings are environment variables. The relay reports all invalid settings at once.

Environment:
${RELAY_VARIABLES.map(variable => `  ${variable.name.padEnd(NAME_WIDTH)}${explain(variable)}`).join('\n')}

With --setup, a local page creates the GitHub App, with only the permission Contents: write. The command writes
the settings of the relay into a new file, and opens a smee channel. It requires GITHUB_REPOSITORY. If
PORT_CLIENT_SECRET is set, the file contains it. On a machine without a browser, use --port 4000, and forward
the port from your machine: ssh -L 4000:127.0.0.1:4000 <machine>

Examples:
  $ port-reactor relay
  $ GITHUB_REPOSITORY=acme/operations port-reactor relay --setup
  $ port-reactor relay --env-file relay.env
`;

/** The first sentence of the documentation as plain text, and the default, on a second line if the first is too long. */
function explain({meaning, required, default: value}: RelayVariable): string {
  const [sentence = ''] = meaning.replaceAll('`', '').split('. ');
  const note = required ?? (value === undefined ? undefined : `default: ${value}`);
  if (note === undefined) return sentence;
  const line = `${sentence} (${note})`;
  return INDENT + line.length <= MAX_WIDTH ? line : `${sentence}\n${' '.repeat(INDENT)}(${note})`;
}

interface RelayOptions extends SetupOptions {
  readonly setup?: boolean;
  readonly envFile?: string;
}

export function createRelayCommand(world: CliWorld): Command {
  return new Command('relay')
    .description('start the relay: receive Port webhooks, send repository_dispatch events')
    .option('--env-file <file>', 'read settings from the file of --setup (environment variables take precedence)')
    .option('--setup', 'create the GitHub App of the relay on a local page, and write its settings to a file')
    .option('--out <file>', `with --setup: the new settings file (default: ${DEFAULT_FILE})`)
    .option('--org <name>', 'with --setup: the organization that owns the App (default: the owner of the repository)')
    .option('--port <n>', 'with --setup: the port of the local page (default: a free port)')
    .option('--smee <url>', `with --setup: the server for the channel (default: ${DEFAULT_SMEE})`)
    .option('--no-smee', 'with --setup: do not open a channel, because Port can reach the relay directly')
    .option('--wait <span>', `with --setup: the time limit of the page (default: ${DEFAULT_WAIT})`)
    .addHelpText('after', HELP)
    .action((options: RelayOptions) => runRelay(options, world));
}

/** @throws {UsageError} @throws {ConfigError} */
async function runRelay(options: RelayOptions, world: CliWorld): Promise<void> {
  const {setup, envFile} = options;
  const problems = setup ? [] : setupOptionsIn(options).map(name => ({message: `--${name} requires --setup`}));
  if (setup && envFile !== undefined) problems.push({message: '--env-file is only read. Set the new file with --out'});
  if (problems.length > 0) throw new UsageError('relay', problems);
  if (setup) return setUp(readSetupSettings(options, world), world);
  if (envFile !== undefined) loadEnvFile(resolve(world.cwd, envFile), envFile);
  return startRelay(`${world.dist}/relay/index.js`);
}

function setupOptionsIn({out, org, port, smee, wait}: SetupOptions): string[] {
  const given = Object.entries({out, org, port, smee, wait}).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => (value === false ? `no-${name}` : name));
}

/**
 * Adds the file to the environment of the process. Existing variables take precedence, as with Node's option of the same name.
 * Node also evaluates its option after the name of the script, and exits if the file does not exist. Therefore --setup uses
 * another option for a new file.
 */
function loadEnvFile(path: string, shown: string): void {
  try {
    process.loadEnvFile(path);
  } catch (error) {
    throw new ConfigError(`${shown} can't be read.`, [{message: messageOf(error)}]);
  }
}

/** Loads the entry point, which runs until a signal stops it. @throws {ConfigError} if the relay is not built */
async function startRelay(entry: string): Promise<void> {
  if (!existsSync(entry)) throw new ConfigError('The relay is not built.', [{message: 'Run: npm run build'}]);
  await import(/* webpackIgnore: true */ pathToFileURL(entry).href);
}
