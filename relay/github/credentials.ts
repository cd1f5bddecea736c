/** The token of every request to GitHub: a fixed one, or one that is renewed. */
import {ReactorError} from '../../src/base/errors.ts';
import type {GitHubAnswer} from './github-answer.ts';

export interface Credentials {
  /** Whether they belong to a GitHub App. */
  readonly isApp: boolean;
  /** Whether the token is the App's own signature, with which it asks for tokens. */
  readonly isJwt?: boolean;
  /**
   * A token for immediate use.
   * @throws {NoToken} if GitHub gives no token now
   */
  token(): Promise<string>;
  /** Reports that GitHub refused this token. @returns whether {@link token} gives another one now */
  refused(token: string): boolean;
}

/** GitHub gave no token. The status of `answer` is never a success. */
export class NoToken extends ReactorError {
  readonly answer: GitHubAnswer;

  constructor(answer: GitHubAnswer) {
    super(answer.explanation ?? answer.message);
    this.answer = answer;
  }
}

/** A token that the relay cannot renew. */
export function fixedToken(token: string): Credentials {
  return {isApp: false, token: async () => token, refused: () => false};
}
