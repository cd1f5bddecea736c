/** Logs a warning if GitHub redirects requests because the repository was renamed or transferred. */
import {isObject} from '../../base/json.ts';
import {showValue} from '../../base/text/show.ts';
import type {WarnLog} from './credentials.ts';

/** Fetches the JSON at a URL of GitHub. */
type ReadJson = (url: string) => Promise<unknown>;

const REPOSITORY = /^.*\/repos\/([^/]+\/[^/]+)/;

/**
 * Logs each new name once. GitHub redirects to `/repositories/<id>`, which does not contain the name.
 * @see https://docs.github.com/en/rest/repos/repos#get-a-repository
 */
export function createMoveWarning(log: WarnLog) {
  const warned = new Set<string>();
  return async (requestedUrl: string, finalUrl: string, readJson: ReadJson): Promise<void> => {
    const [from = '', name] = REPOSITORY.exec(requestedUrl) ?? [];
    const rest = requestedUrl.slice(from.length);
    const to = finalUrl.slice(0, finalUrl.length - rest.length);
    if (finalUrl === requestedUrl || from === '' || !finalUrl.endsWith(rest) || warned.has(to)) return;
    warned.add(to);
    const repository = await readJson(to).catch(() => undefined);
    const fullName = isObject(repository) ? repository['full_name'] : undefined;
    const newName = typeof fullName === 'string' ? showValue(fullName, 200) : REPOSITORY.exec(to)?.[1];
    const target = newName ?? `another URL (${new URL(to).pathname})`;
    const message = `GitHub redirects ${name} to ${target}: the repository was renamed or transferred. Set GITHUB_REPOSITORY to ${newName ?? 'its new name'}`;
    log.warn({repository: name, newName}, message);
  };
}
