/** The token for requests to GitHub: a fixed one, or the token of a GitHub App, which is renewed before it expires. */
import type {Now} from '../../base/deps.ts';
import {messageOf, ReactorError} from '../../base/errors.ts';
import type {GitHubResponse} from './response.ts';

/** The part of the relay's log that is used here. */
export interface WarnLog {
  warn(facts: object, message: string): void;
}

export interface Credentials {
  /** Whether the credentials belong to a GitHub App. */
  readonly isApp: boolean;
  /** Whether the token is the App's own JWT, which is used to request installation tokens. */
  readonly isJwt?: boolean;
  /**
   * A token for immediate use.
   * @throws {NoToken} if GitHub does not issue a token
   */
  token(): Promise<string>;
  /**
   * Reports that GitHub refused this token.
   * @returns whether {@link token} now returns another one
   */
  refused(token: string): boolean;
}

/** GitHub did not issue a token. The status of `answer` is never a success. */
export class NoToken extends ReactorError {
  readonly response: GitHubResponse;

  constructor(response: GitHubResponse) {
    super(response.explanation ?? response.message);
    this.response = response;
  }
}

/** A token that cannot be renewed. */
export function fixedToken(token: string): Credentials {
  return {isApp: false, token: async () => token, refused: () => false};
}

interface IssuedToken {
  /** Several hundred characters. GitHub does not specify the format. */
  readonly token: string;
  readonly expiresAtMs: number;
}

/**
 * Fetches a token of a GitHub App.
 * @throws {NoToken}
 */
export type IssueToken = () => Promise<IssuedToken>;

export interface AppCredentialsDeps {
  readonly issueToken: IssueToken;
  readonly now: Now;
  readonly log: WarnLog;
}

/** How long before its expiry a token is renewed. Leaves time for several attempts, and for a slow clock. */
const AHEAD_MS = 10 * 60_000;

/** A token with less remaining time is not used, because it could expire in transit. */
const LAST_MOMENT_MS = 30_000;

/** The pause before another renewal while the old token is valid, and before a refused token is replaced again. */
const RETRY_MS = 30_000;

/**
 * The token of a GitHub App. All waiting requests share one fetch. The token is renewed before it expires. A failure is not
 * cached, so the next request tries again.
 */
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
  /** the old token is used while it is valid */
  const renewAhead = () => {
    renewAtMs = now() + RETRY_MS;
    renew().catch(error =>
      log.warn({reason: messageOf(error)}, "the GitHub App's token can't be renewed yet. The old one is used"),
    );
  };

  return {
    isApp: true,
    async token() {
      if (current === undefined || current.expiresAtMs - now() <= LAST_MOMENT_MS) return (await renew()).token;
      // No timer is needed, because probes and webhooks call this often. A process that was suspended would miss a timer.
      if (now() >= renewAtMs) renewAhead();
      return current.token;
    },
    /** At most one new token every 30 s, because parts of GitHub can reject a new token for a few seconds. */
    refused(token) {
      if (current?.token !== token) return true; // already replaced
      if (now() - droppedAtMs < RETRY_MS) return false;
      [current, droppedAtMs] = [undefined, now()];
      return true;
    },
  };
}
