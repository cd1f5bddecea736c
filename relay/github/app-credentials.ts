/** A GitHub App's token, kept fresh: fetched once for all requests that wait for it, and again before it ends. */
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

/** How long before its end a token is renewed: enough for many attempts, and for a slow clock. */
const AHEAD_MS = 10 * 60_000;

/** A token with less to live is not handed out: it could end on the way. */
const LAST_MOMENT_MS = 30_000;

/** How long to wait before another attempt while the old token lives; and before a refused token is replaced again. */
const ANOTHER_TRY_MS = 30_000;

/** `setTimeout` takes no more than 24 days. */
const MAX_SLEEP_MS = 24 * 3_600_000;

/** A failure is not kept: the next request that needs a token asks again. */
export function createAppCredentials(deps: AppCredentialsDeps): Credentials {
  return new AppCredentials(deps);
}

class AppCredentials implements Credentials {
  readonly isApp = true;
  readonly #deps: AppCredentialsDeps;
  #current: IssuedToken | undefined;
  #renewing: Promise<IssuedToken> | undefined;
  /** When the current token is to be renewed, or a renewal that failed is to be repeated. */
  #renewAtMs = Number.POSITIVE_INFINITY;
  #droppedAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: AppCredentialsDeps) {
    this.#deps = deps;
  }

  async token(): Promise<string> {
    const nowMs = this.#deps.now();
    if (this.#current === undefined || this.#current.expiresAtMs - nowMs < LAST_MOMENT_MS) {
      return (await this.#renew()).token;
    }
    // A process that was frozen, as between requests on some platforms, has slept through its alarm.
    if (nowMs >= this.#renewAtMs) this.#renewAhead();
    return this.#current.token;
  }

  /** Another token at most every 30 s: a fresh one may be unknown to a part of GitHub for some seconds. */
  refused(token: string): boolean {
    if (this.#current?.token !== token) return true; // it was replaced meanwhile
    const nowMs = this.#deps.now();
    if (nowMs - this.#droppedAtMs < ANOTHER_TRY_MS) return false;
    this.#current = undefined;
    this.#droppedAtMs = nowMs;
    return true;
  }

  #renew(): Promise<IssuedToken> {
    this.#renewing ??= this.#issue().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #issue(): Promise<IssuedToken> {
    const issued = await this.#deps.issueToken();
    this.#current = issued;
    const nowMs = this.#deps.now();
    const lifeMs = issued.expiresAtMs - nowMs;
    this.#renewAt(nowMs + Math.max(lifeMs - AHEAD_MS, lifeMs / 2));
    return issued;
  }

  /** Never rejects: the old token stays in use for as long as it lives. */
  #renewAhead(): void {
    this.#renewAt(this.#deps.now() + ANOTHER_TRY_MS);
    this.#renew().catch(error => {
      this.#deps.log.warn(
        {reason: messageOf(error)},
        "the GitHub App's token can't be renewed yet; the old one is used",
      );
    });
  }

  #renewAt(timeMs: number): void {
    this.#renewAtMs = timeMs;
    const sleepMs = timeMs - this.#deps.now() + 1_000; // a timer may ring a little early
    void this.#deps.sleep(Math.min(Math.max(sleepMs, 0), MAX_SLEEP_MS)).then(() => {
      const isDue = this.#renewAtMs === timeMs && this.#deps.now() >= timeMs;
      if (isDue && this.#isAlive()) this.#renewAhead();
    });
  }

  #isAlive(): boolean {
    return this.#current !== undefined && this.#current.expiresAtMs > this.#deps.now();
  }
}
