/** The new address of a renamed or transferred repository, which GitHub answers with redirects. */
import {isObject} from '../../src/base/json.ts';
import {showValue} from '../../src/base/text.ts';
import type {RelayLog} from '../observe/log.ts';
import type {Followed} from './github-answer.ts';

/** Asks GitHub for the JSON at an address. */
type Ask = (url: string) => Promise<unknown>;

const REPOSITORY = /^(.*)\/repos\/([^/]+\/[^/]+)/;

/**
 * Remembers the new address, and logs the new name once. GitHub's redirects lead to `/repositories/<id>`,
 * which has no name in it: https://docs.github.com/en/rest/repos/repos#get-a-repository
 */
export class MovedRepository {
  readonly #log: Pick<RelayLog, 'warn'> | undefined;
  /** From the address of a repository to its new one. */
  readonly #moves = new Map<string, string>();
  readonly #named = new Set<string>();

  constructor(log: Pick<RelayLog, 'warn'> | undefined) {
    this.#log = log;
  }

  /** The address to use instead of this one. */
  addressOf(url: string): string {
    const [from = ''] = REPOSITORY.exec(url) ?? [];
    const to = this.#moves.get(from);
    return to === undefined ? url : to + url.slice(from.length);
  }

  /** @param asked the address by the settings, before any redirect */
  note(asked: string, {url, isPermanent, answer}: Followed, ask: Ask): void {
    const [from, , name] = REPOSITORY.exec(asked) ?? [];
    if (from === undefined || name === undefined) return;
    if (answer.status === 404) this.#moves.delete(from);
    const rest = asked.slice(from.length);
    if (url === asked || !url.endsWith(rest) || (answer.status ?? 500) >= 400) return;
    const to = url.slice(0, url.length - rest.length);
    if (isPermanent) this.#moves.set(from, to);
    if (this.#named.has(to)) return;
    this.#named.add(to);
    void this.#warn(name, to, ask);
  }

  async #warn(name: string, to: string, ask: Ask): Promise<void> {
    const repository = await ask(to).catch(() => undefined);
    const fullName = isObject(repository) ? repository['full_name'] : undefined;
    const newName = typeof fullName === 'string' ? fullName : REPOSITORY.exec(to)?.[2];
    const target = newName === undefined ? `another address (${new URL(to).pathname})` : showValue(newName, 200);
    const advice = newName === undefined ? 'its new name' : showValue(newName, 200);
    this.#log?.warn(
      {repository: name, newName},
      `GitHub redirects ${name} to ${target}: the repository was renamed or transferred. Set GITHUB_REPOSITORY to ${advice}`,
    );
  }
}
