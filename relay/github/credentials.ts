/** What the relay shows GitHub with every request: a token that never changes, or one that is renewed. */
import {ReactorError} from '../../src/base/errors.ts';
import type {GitHubAnswer} from './github-answer.ts';

export interface Credentials {
  /** Whether they are a GitHub App's. */
  readonly isApp: boolean;
  /**
   * A token to be used at once.
   * @throws {NoToken} if GitHub gives no token now
   */
  token(): Promise<string>;
  /** Reports that GitHub refused this token. @returns whether {@link token} gives another one now */
  refused(token: string): boolean;
}

/** GitHub gave no token. `answer` is what it said instead; its status is never one of success. */
export class NoToken extends ReactorError {
  readonly answer: GitHubAnswer;

  constructor(answer: GitHubAnswer) {
    super(answer.explanation ?? answer.message);
    this.answer = answer;
  }
}

/** A token that only its owner can replace. */
export function fixedToken(token: string): Credentials {
  return {isApp: false, token: async () => token, refused: () => false};
}
