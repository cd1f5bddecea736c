/** The part of GitHub's issues API that commands use: the author's permission, and the reply. */
import * as z from 'zod/mini';
import type {Fetch} from '../../base/deps.ts';
import {RequestError} from '../../base/errors.ts';
import {type JsonRequest, requestJson} from '../../base/http/request-json.ts';
import {bearer, githubHeaders} from './headers.ts';

export interface IssuesSettings {
  /** "owner/name" */
  readonly repository: string;
  /** Needs `issues: write`. */
  readonly token: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
}

export interface Issues {
  /**
   * Whether the person has the triage role or higher in the repository.
   * @throws {RequestError}
   * @throws {NetworkError}
   */
  canTriage(login: string): Promise<boolean>;
  /** @param markdown must have all text of the issue and of the catalog escaped */
  comment(number: number, markdown: string): Promise<void>;
  close(number: number, reason: 'completed' | 'not_planned'): Promise<void>;
  /** After this, only people with write access can comment. */
  lock(number: number): Promise<void>;
}

export function createIssues({repository, token, apiUrl}: IssuesSettings, fetch: Fetch): Issues {
  const headers = githubHeaders({authorization: bearer(token)});
  const call = (method: JsonRequest['method'], route: string, body?: object) => {
    const url = `${apiUrl}/repos/${repository}/${route}`;
    return requestJson(fetch, {method, url, headers, ...(body === undefined ? {} : {body})});
  };
  return {
    async canTriage(login) {
      try {
        return isTriager(await call('GET', `collaborators/${encodeURIComponent(login)}/permission`));
      } catch (error) {
        if (error instanceof RequestError && error.status === 404) return false; // the user does not exist
        throw error;
      }
    },
    async comment(number, markdown) {
      await call('POST', `issues/${number}/comments`, {body: markdown});
    },
    async close(number, reason) {
      await call('PATCH', `issues/${number}`, {state: 'closed', state_reason: reason});
    },
    async lock(number) {
      await call('PUT', `issues/${number}/lock`, {lock_reason: 'resolved'});
    },
  };
}

/**
 * `permission` does not show the triage role: it is `read` then. `role_name` can be the name of a custom role. So
 * `user.permissions` decides if it is present.
 * @see https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
 */
const Permission = z.object({
  permission: z.optional(z.string()),
  role_name: z.optional(z.string()),
  user: z.nullish(z.object({permissions: z.nullish(z.object({triage: z.optional(z.boolean())}))})),
});

const ROLES = ['triage', 'write', 'maintain', 'admin'];

function isTriager(response: unknown): boolean {
  const {permission = 'none', role_name: role = 'none', user} = Permission.safeParse(response).data ?? {};
  const triage = user?.permissions?.triage;
  return triage ?? (ROLES.includes(permission) || ROLES.includes(role));
}
