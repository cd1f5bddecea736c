/** The token of a GitHub App, kept fresh: fetched once for all requests that wait for it, and renewed before it expires. */
import type {Now} from '../../src/base/deps.ts';
import {messageOf} from '../../src/base/errors.ts';
import type {RelayLog} from '../observe/log.ts';
import type {Credentials} from './credentials.ts';
import type {IssuedToken, IssueToken} from './installation-token.ts';

export interface AppCredentialsDeps {
  readonly issueToken: IssueToken;
  readonly now: Now;
  readonly log: Pick<RelayLog, 'warn'>;
}

/** How long before it expires a token is renewed: enough for many attempts, and for a slow clock. */
const AHEAD_MS = 10 * 60_000;

/** A token with less time left is not used: it could expire on the way. */
const LAST_MOMENT_MS = 30_000;

/** The pause before another attempt while the old token is valid, and before a refused token is replaced again. */
const RETRY_MS = 30_000;

/** A failure is not kept: the next request that needs a token asks again. */
export function createAppCredentials({issueToken, now, log}: AppCredentialsDeps): Credentials {
  let current: IssuedToken | undefined;
  let renewing: Promise<IssuedToken> | undefined;
  let renewAtMs = Number.POSITIVE_INFINITY;
  let droppedAtMs = Number.NEGATIVE_INFINITY;

  const issue = async () => {
    current = await issueToken();
    const lifeMs = current.expiresAtMs - now();
    renewAtMs = now() + Math.max(lifeMs - AHEAD_MS, lifeMs / 2);
    return current;
  };
  const renew = () => {
    renewing ??= issue().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  /** The old token stays in use as long as it is valid. */
  const renewAhead = () => {
    renewAtMs = now() + RETRY_MS;
    renew().catch(error =>
      log.warn({reason: messageOf(error)}, "the GitHub App's token can't be renewed yet; the old one is used"),
    );
  };

  return {
    isApp: true,
    async token() {
      if (current === undefined || current.expiresAtMs - now() <= LAST_MOMENT_MS) return (await renew()).token;
      // Not by a timer: probes and webhooks ask often enough, and a process that was frozen between requests misses timers.
      if (now() >= renewAtMs) renewAhead();
      return current.token;
    },
    /** Another token at most every 30 s: parts of GitHub may not know a fresh one for some seconds. */
    refused(token) {
      if (current?.token !== token) return true; // already replaced
      if (now() - droppedAtMs < RETRY_MS) return false;
      [current, droppedAtMs] = [undefined, now()];
      return true;
    },
  };
}
