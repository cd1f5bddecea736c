/** Act: Slack's no, as an error that says whether a later try may succeed. */
import {RequestError} from '../../base/errors.ts';

/** Slack's no, or an answer that is not Slack's yes. */
export class Refusal extends RequestError {
  /** That a later try may succeed. */
  readonly isTransient: boolean;
  /** Slack's own word for it, if it is one that we know. */
  readonly word: string | undefined;

  constructor(message: string, details: ConstructorParameters<typeof RequestError>[1] & {word: string | undefined}) {
    super(message, details);
    this.word = details.word;
    this.isTransient = details.status >= 500 || TRANSIENT_WORDS.has(details.word ?? '');
  }
}

/** Slack's words for a problem that passes. With the status 200 they come without the status that says the same. */
export const TRANSIENT_WORDS: ReadonlySet<string> = new Set([
  ...['rate_limited', 'ratelimited', 'rollup_error', 'internal_error', 'fatal_error'],
  ...['service_unavailable', 'request_timeout'],
]);
