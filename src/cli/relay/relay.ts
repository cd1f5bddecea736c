/** The command `relay`: starts the relay that is built beside this command line. */
import {existsSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import {Command} from 'commander';
import {ConfigError} from '../../base/errors.ts';
import {RELAY_VARIABLES, type RelayVariable} from '../../base/relay-variables.ts';
import type {CliWorld} from '../shared/world.ts';

const NAME_WIDTH = Math.max(...RELAY_VARIABLES.map(({name}) => name.length)) + 2;

const MAX_WIDTH = 110;
const INDENT = NAME_WIDTH + 2;

const HELP = `
All settings are environment variables. The relay reports all problems with them at once.

Environment:
${RELAY_VARIABLES.map(variable => `  ${variable.name.padEnd(NAME_WIDTH)}${explain(variable)}`).join('\n')}

Examples:
  $ port-reactor relay
`;

/** The first sentence of the documentation, without its marks, and the default: below it if the line gets too long. */
function explain({meaning, required, default: value}: RelayVariable): string {
  const [sentence = ''] = meaning.replaceAll('`', '').split('. ');
  const note = required ?? (value === undefined ? undefined : `default: ${value}`);
  if (note === undefined) return sentence;
  const line = `${sentence} (${note})`;
  return INDENT + line.length <= MAX_WIDTH ? line : `${sentence}\n${' '.repeat(INDENT)}(${note})`;
}

export function createRelayCommand(world: CliWorld): Command {
  return new Command('relay')
    .description('start the relay: receive Port webhooks, send repository_dispatch events')
    .addHelpText('after', HELP)
    .action(() => startRelay(`${world.dist}/relay/index.js`));
}

/** The entry runs by being loaded, and lives until a signal stops it. @throws {ConfigError} if it is not built */
async function startRelay(entry: string): Promise<void> {
  if (!existsSync(entry)) throw new ConfigError('The relay is not built.', [{message: 'Run: npm run build'}]);
  await import(/* webpackIgnore: true */ pathToFileURL(entry).href);
}
