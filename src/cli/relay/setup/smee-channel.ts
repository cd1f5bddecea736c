/** Opens a smee channel, to which Port posts and from which the relay reads. */
import type {Fetch} from '../../../base/deps.ts';
import {ConfigError, messageOf} from '../../../base/errors.ts';
import {withoutLogin} from '../../../secrets/secrets.ts';

const TIMEOUT_MS = 10_000;

/**
 * Follows the redirect of the server to a new channel, as probot/smee-client does.
 * @param url the address that opens a channel, such as https://smee.io/new
 * @throws {ConfigError}
 */
export async function openChannel(url: string, fetch: Fetch): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const answer = await fetch(url, {method: 'GET', headers: {}, signal, redirect: 'manual'});
    const channel = channelOf(answer.headers.get('location') ?? '', url);
    if (channel !== undefined && answer.status >= 300 && answer.status < 400) return channel;
    throw new Error(`the server answered ${answer.status} without the URL of a channel`);
  } catch (error) {
    const why = signal.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : messageOf(error);
    throw new ConfigError(`No smee channel could be opened at ${withoutLogin(url)}: ${why}.`, [
      {message: 'Try again. If Port reaches the relay directly, use --no-smee.'},
    ]);
  }
}

/** A valid value for `WEBHOOK_PROXY_URL`, without credentials and query. Undefined if the address is not valid. */
function channelOf(location: string, base: string): string | undefined {
  if (location === '' || !URL.canParse(location, base)) return undefined;
  const {protocol, username, search, hash, pathname, href} = new URL(location, base);
  const isPlain = username === '' && search === '' && hash === '';
  return /^https?:$/.test(protocol) && isPlain && pathname !== '/' ? href : undefined;
}
