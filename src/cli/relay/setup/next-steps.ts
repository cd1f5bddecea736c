/** The steps after the installation of the App, for the page and the terminal. Pure. */
import {join} from 'node:path';
import {shellWord} from '../../shared/input/scalar.ts';
import type {NextStep} from '../../shared/next-step.ts';
import type {CliWorld} from '../../shared/world.ts';
import {CONFLICTING_VARIABLES, lacksSecret} from './env-file.ts';

interface RelayFile {
  /** The path of the relay's `.env` file. */
  readonly file: string;
  /** Its content. */
  readonly text: string;
  /** The smee channel. Undefined if Port reaches the relay directly. */
  readonly channel: string | undefined;
}

export function stepsAfterSetup(
  {file, text, channel}: RelayFile,
  {env, dist}: Pick<CliWorld, 'env' | 'dist'>,
): NextStep[] {
  const [cli, relay] = ['cli/index.js', 'relay/index.js'].map(path => `node ${shellWord(join(dist, path))}`);
  const conflicting = CONFLICTING_VARIABLES.filter(name => env[name]?.trim());
  const reach = channel ?? 'https://relay.example.com';
  return [
    ...(lacksSecret(text)
      ? [{text: `Add PORT_CLIENT_SECRET to ${file}. Find it in Port under … > Credentials.`, commands: []}]
      : []),
    ...(conflicting.length === 0
      ? []
      : [
          {
            text: 'Unset these variables in your shell. They override the file:',
            commands: [`unset ${conflicting.join(' ')}`],
          },
        ]),
    {text: 'Start the relay:', commands: [`${cli} relay --env-file ${shellWord(file)}`]},
    {
      text: 'Or, without the command line:',
      commands: [`node --env-file=${shellWord(file)} ${relay?.slice('node '.length)}`],
    },
    {
      text: `Then set up Port${channel === undefined ? ', with the URL of your relay' : ''}:`,
      commands: [`${cli} init --relay ${shellWord(reach)} --dry-run`],
    },
  ];
}
