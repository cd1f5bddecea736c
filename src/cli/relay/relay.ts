/** The command `relay`: starts the relay that is built beside this command line. */
import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {Command} from 'commander';
import {ConfigError, messageOf} from '../../base/errors.ts';
import {RELAY_VARIABLES, type RelayVariable} from '../../base/relay-variables.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {DEFAULT_FILE, DEFAULT_SMEE, DEFAULT_WAIT, readSetupSettings, type SetupOptions} from './setup/settings.ts';
import {setUp} from './setup/setup.ts';

const NAME_WIDTH = Math.max(...RELAY_VARIABLES.map(({name}) => name.length)) + 2;

const MAX_WIDTH = 110;
const INDENT = NAME_WIDTH + 2;

const HELP = `
All settings are environment variables. The relay reports all problems with them at once.

Environment:
${RELAY_VARIABLES.map(variable => `  ${variable.name.padEnd(NAME_WIDTH)}${explain(variable)}`).join('\n')}

With --setup, a page on this machine creates the GitHub App, with the one permission Contents: write. The command writes
the relay's settings into a new file, and opens a smee channel. It needs GITHUB_REPOSITORY. PORT_CLIENT_SECRET goes into
the file if it is set. On a machine without a browser, use --port 4000, and forward the port from yours:
ssh -L 4000:127.0.0.1:4000 <machine>

Examples:
  $ port-reactor relay
  $ GITHUB_REPOSITORY=acme/operations port-reactor relay --setup
  $ port-reactor relay --env-file relay.env
`;

/** The first sentence of the documentation, without its marks, and the default: below it if the line gets too long. */
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
    .option('--env-file <file>', 'read settings from this file, which --setup writes; the environment wins')
    .option('--setup', 'create the GitHub App of the relay on a local page, and write its settings')
    .option('--out <file>', `with --setup: the new file for the settings (default: ${DEFAULT_FILE})`)
    .option('--org <name>', 'with --setup: the organization that owns the App (default: the owner of the repository)')
    .option('--port <n>', 'with --setup: port of the local page (default: a free one)')
    .option('--smee <url>', `with --setup: server that opens a channel (default: ${DEFAULT_SMEE})`)
    .option('--no-smee', 'with --setup: open no channel, as Port reaches the relay directly')
    .option('--wait <span>', `with --setup: how long the page waits (default: ${DEFAULT_WAIT})`)
    .addHelpText('after', HELP)
    .action((options: RelayOptions) => runRelay(options, world));
}

/** @throws {UsageError} @throws {ConfigError} */
async function runRelay(options: RelayOptions, world: CliWorld): Promise<void> {
  const {setup, envFile} = options;
  const problems = setup ? [] : setupOptionsIn(options).map(name => ({message: `--${name} is an option of --setup`}));
  if (setup && envFile !== undefined) problems.push({message: '--env-file is read. Name the new file with --out'});
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
 * The relay reads the environment of its process. What is there already wins, as with Node's own option of this name, which Node
 * finds behind the script's name as well: it ends the process if the file does not exist, so --setup has another name for a new file.
 */
function loadEnvFile(path: string, shown: string): void {
  try {
    process.loadEnvFile(path);
  } catch (error) {
    throw new ConfigError(`${shown} can't be read.`, [{message: messageOf(error)}]);
  }
}

/** The entry runs by being loaded, and lives until a signal stops it. @throws {ConfigError} if it is not built */
async function startRelay(entry: string): Promise<void> {
  if (!existsSync(entry)) throw new ConfigError('The relay is not built.', [{message: 'Run: npm run build'}]);
  await import(/* webpackIgnore: true */ pathToFileURL(entry).href);
}
