/** The token of a GitHub App, kept fresh: fetched once for all requests that wait for it, and renewed before it expires. */
import type {Now, Sleep} from '../../src/base/deps.ts';
import {messageOf} from '../../src/base/errors.ts';
import type {RelayLog} from '../observe/log.ts';
import type {Credentials} from './credentials.ts';
import type {IssuedToken, IssueToken} from './installation-token.ts';

export interface AppCredentialsDeps {
  readonly issueToken: IssueToken;
  readonly now: Now;
  readonly sleep: Sleep;
  readonly log: RelayLog;
}

/** How long before it expires a token is renewed: enough for many attempts, and for a slow clock. */
const AHEAD_MS = 10 * 60_000;

/** A token with less time left is not used: it could expire on the way. */
const LAST_MOMENT_MS = 30_000;

/** The pause before another attempt while the old token is valid, and before a refused token is replaced again. */
const RETRY_MS = 30_000;

/** `setTimeout` takes no more than 24 days. */
const MAX_SLEEP_MS = 24 * 3_600_000;

/** A failure is not kept: the next request that needs a token asks again. */
export function createAppCredentials({issueToken, now, sleep, log}: AppCredentialsDeps): Credentials {
  let current: IssuedToken | undefined;
  let renewing: Promise<IssuedToken> | undefined;
  let renewAtMs = Number.POSITIVE_INFINITY;
  let droppedAtMs = Number.NEGATIVE_INFINITY;

  const isValid = (forMs: number) => current !== undefined && current.expiresAtMs - now() > forMs;
  const renewAt = (timeMs: number) => {
    renewAtMs = timeMs;
    const sleepMs = timeMs - now() + 1_000; // a timer may fire a little early
    void sleep(Math.min(Math.max(sleepMs, 0), MAX_SLEEP_MS)).then(() => {
      if (renewAtMs === timeMs && now() >= timeMs && isValid(0)) renewAhead();
    });
  };
  const issue = async () => {
    current = await issueToken();
    const lifeMs = current.expiresAtMs - now();
    renewAt(now() + Math.max(lifeMs - AHEAD_MS, lifeMs / 2));
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
    renewAt(now() + RETRY_MS);
    renew().catch(error =>
      log.warn({reason: messageOf(error)}, "the GitHub App's token can't be renewed yet; the old one is used"),
    );
  };

  return {
    isApp: true,
    async token() {
      if (current === undefined || !isValid(LAST_MOMENT_MS)) return (await renew()).token;
      // A process that was frozen, as some platforms do between requests, missed its timer.
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
