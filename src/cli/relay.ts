/** The command `relay`: starts the relay that is built beside this command line. */
import {existsSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import {Command} from 'commander';
import {ConfigError} from '../errors.ts';
import type {World} from './world.ts';

const HELP = `
All settings are environment variables: PORT_CLIENT_SECRET, GITHUB_REPOSITORY, and GITHUB_TOKEN or GITHUB_APP_ID with
GITHUB_APP_PRIVATE_KEY at least. Every problem with them is told at once.

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
