/** Parses Port's credentials from the environment. The command line has no other source for them. */

import type {Problem} from '../../../base/errors.ts';
import type {PortCredentials} from '../../../clients/port.ts';
import type {CliWorld} from '../world.ts';

const DEFAULT_API_URL = 'https://api.port.io';
const WHERE = 'Find it in Port under … > Credentials';

/** Adds mistakes to `problems`. Missing values are empty in the result. */
export function readPortEnv(env: CliWorld['env'], problems: Problem[]): PortCredentials {
  const clientId = env['PORT_CLIENT_ID']?.trim() ?? '';
  const apiUrl = env['PORT_API_URL']?.trim() || DEFAULT_API_URL;
  if (clientId === '') problems.push({message: `PORT_CLIENT_ID is not set in the environment. ${WHERE}`});
  const clientSecret = readPortSecret(env, problems);
  if (!/^https?:\/\//i.test(apiUrl) || !URL.canParse(apiUrl)) {
    problems.push({
      message: 'PORT_API_URL is not an http or https URL. EU: https://api.port.io, US: https://api.us.port.io',
    });
  }
  return {clientId, clientSecret, apiUrl};
}

/** The client secret, with which Port also signs webhooks. During a rotation there are several, and the first is used. */
export function readPortSecret(env: CliWorld['env'], problems: Problem[]): string {
  const secrets = (env['PORT_CLIENT_SECRET'] ?? '').split(',').map(secret => secret.trim());
  const first = secrets.find(secret => secret !== '') ?? '';
  if (first === '') problems.push({message: `PORT_CLIENT_SECRET is not set in the environment. ${WHERE}`});
  return first;
}
