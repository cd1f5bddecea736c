/** What the relay shows GitHub with every request: a token that never changes, or one that is renewed. */
import {ReactorError} from '../src/errors.ts';
import type {GitHubAnswer} from './github-answer.ts';

export interface Credentials {
  /** Whether they are a GitHub App's. */
  readonly isApp: boolean;
  /**
   * A token to be used at once.
   * @throws {NoToken} where none can be had now
   */
  token(): Promise<string>;
  /** Tells that GitHub answered 401 to this token. */
  refused(token: string): void;
}

/** No token can be had. `answer` is what GitHub said instead; its status is never one of success. */
export class NoToken extends ReactorError {
  readonly answer: GitHubAnswer;

  constructor(answer: GitHubAnswer) {
    super(answer.explanation ?? answer.message);
    this.answer = answer;
  }
}

/** Somebody made it by hand, and has to replace it by hand. */
export function fixedToken(token: string): Credentials {
  return {isApp: false, token: async () => token, refused() {}};
}
