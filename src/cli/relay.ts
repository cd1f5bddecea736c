/** The command `relay`: starts the relay that is built beside this command line. */
import {existsSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import {Command} from 'commander';
import {ConfigError} from '../errors.ts';
import {RELAY_VARIABLES} from '../relay-variables.ts';
import type {World} from './world.ts';

const NAME_WIDTH = Math.max(...RELAY_VARIABLES.map(({name}) => name.length)) + 2;

const HELP = `
All settings are environment variables; every problem with them is told at once.

Environment:
${RELAY_VARIABLES.map(({name, meaning}) => `  ${name.padEnd(NAME_WIDTH)}${meaning}`).join('\n')}

More on each: README, The relay.

Examples:
  $ port-reactor relay
`;

export function createRelayCommand(world: World): Command {
  return new Command('relay')
    .description('start the relay: Port webhooks in, repository_dispatch out')
    .addHelpText('after', HELP)
    .action(() => startRelay(`${world.dist}/relay/index.js`));
}

/** The entry runs by being loaded, and lives until it is told to stop. @throws {ConfigError} where it is not built */
async function startRelay(entry: string): Promise<void> {
  if (!existsSync(entry)) throw new ConfigError('The relay is not built.', [{message: 'Run: npm run build'}]);
  await import(/* webpackIgnore: true */ pathToFileURL(entry).href);
}
