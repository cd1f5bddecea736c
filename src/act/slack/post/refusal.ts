/** Act: a refusal by Slack as an error. It contains whether a retry can succeed. */
import {RequestError} from '../../../base/errors.ts';

/** Slack refused the message, or its response does not confirm it. */
export class Refusal extends RequestError {
  /** Whether a retry can succeed. */
  readonly isTransient: boolean;
  /** Slack's error code, if it is a known one. */
  readonly word: string | undefined;

  constructor(message: string, details: ConstructorParameters<typeof RequestError>[1] & {word: string | undefined}) {
    super(message, details);
    this.word = details.word;
    this.isTransient = details.status >= 500 || TRANSIENT_WORDS.has(details.word ?? '');
  }
}

/** The advice for a message that Slack rejects as malformed. */
export const OUR_BUG = 'it did not accept the message. This is a bug in Port Reactor. Please report it.';

/** Slack's error codes for transient problems. They can come with the status 200. */
export const TRANSIENT_WORDS: ReadonlySet<string> = new Set([
  ...['rate_limited', 'ratelimited', 'rollup_error', 'internal_error', 'fatal_error'],
  ...['service_unavailable', 'request_timeout'],
]);
