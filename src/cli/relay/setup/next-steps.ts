/** Report: what is left to do once the App is installed, for the page and the terminal. Pure. */
import {join} from 'node:path';
import {shellWord} from '../../shared/scalar.ts';
import type {CliWorld} from '../../shared/world.ts';
import {IN_THE_WAY, lacksSecret} from './env-file.ts';
import type {SetupSettings} from './settings.ts';

/** Something to do, and the commands that do it. */
export interface NextStep {
  readonly text: string;
  readonly commands: readonly string[];
}

/** @param text the content of the file @param channel the smee channel, if there is one */
export function nextSteps(
  {file}: SetupSettings,
  text: string,
  channel: string | undefined,
  {env, dist}: Pick<CliWorld, 'env' | 'dist'>,
): NextStep[] {
  const [cli, relay] = ['cli/index.js', 'relay/index.js'].map(path => `node ${shellWord(join(dist, path))}`);
  const inTheWay = IN_THE_WAY.filter(name => env[name]?.trim());
  const reach = channel ?? 'https://relay.example.com';
  return [
    ...(lacksSecret(text)
      ? [{text: `Add PORT_CLIENT_SECRET to ${file}. Find it in Port under … > Credentials.`, commands: []}]
      : []),
    ...(inTheWay.length === 0
      ? []
      : [
          {
            text: 'Unset these variables of your shell. They win over the file:',
            commands: [`unset ${inTheWay.join(' ')}`],
          },
        ]),
    {text: 'Start the relay:', commands: [`${cli} relay --env-file ${shellWord(file)}`]},
    {
      text: 'Or the same without the command line:',
      commands: [`node --env-file=${shellWord(file)} ${relay?.slice('node '.length)}`],
    },
    {
      text: `Then set up Port${channel === undefined ? ', with the address of your relay' : ''}:`,
      commands: [`${cli} init --relay ${shellWord(reach)} --dry-run`],
    },
  ];
}
