/** The webhook URL of the relay, from the address that the user typed. */
import type {Problem} from '../../../base/errors.ts';
import {withHiddenLogins} from '../../../secrets/secrets.ts';

/** The relay's route. */
const ROUTE = '/webhooks/port';

/**
 * The URL to which webhooks are posted. Adds the route of the relay if it is missing. A smee channel is not changed, because it
 * forwards everything that is posted to it.
 * @param relay the option `--relay`
 * @returns undefined if a problem was added
 */
export function readRelay(relay: string | undefined, problems: Problem[]): string | undefined {
  const url = parseUrl(relay ?? '');
  if (relay !== undefined && url !== undefined) return webhookUrl(url);
  const why = relay === undefined ? 'is missing' : `is "${withHiddenLogins(relay)}", which is not an http or https URL`;
  problems.push({message: `--relay <url> ${why}: set the URL of the relay, for example https://relay.example.com`});
  return undefined;
}

function webhookUrl(url: URL): string {
  url.hash = '';
  if (isSmee(url.hostname)) return url.href;
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(ROUTE) ? path : `${path}${ROUTE}`;
  return url.href;
}

/**
 * The host of the address, if it is private. Port does not call destinations that are private or do not resolve
 * (`private_destination`, port-docs static/apispec.yaml before 2025-07).
 */
export function privateHost(address: string): string | undefined {
  const host = parseUrl(address)?.hostname.replace(/^\[|\]$/g, '');
  if (host === undefined) return undefined;
  return PRIVATE.some(pattern => pattern.test(host)) ? host : undefined;
}

const PRIVATE: readonly RegExp[] = [
  /^localhost$|\.localhost$|\.local$|\.internal$|\.lan$/,
  /^[^.:]+$/, // a name without a dot resolves only inside a network
  /^(0|10|127)\.\d+\.\d+\.\d+$/,
  /^169\.254\.\d+\.\d+$|^192\.168\.\d+\.\d+$/,
  /^172\.(1[6-9]|2\d|3[01])\.\d+\.\d+$/,
  /^::1?$|^f[cd][0-9a-f]*:|^fe[89ab][0-9a-f]:/,
];

function isSmee(host: string): boolean {
  return host === 'smee.io' || host.endsWith('.smee.io');
}

function parseUrl(text: string): URL | undefined {
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}
