/** GitHub's routes of issues and collaborators, for the fake of the memory and of commands. */
import type {RecordedRequest, Reply} from '../servers/http-server.ts';
import type {MemoryGitHub} from '../servers/memory-github.ts';

export interface FakeIssues {
  /** The permissions of each known person, by login. */
  readonly permissions: Map<string, object>;
  /** The actions, in order: `comment`, `close completed`, `lock`. */
  readonly done: string[];
  /** The last comment. */
  comment: string;
  /** If set, the status of all responses. */
  failWith: number | undefined;
}

/** Adds the routes to the server. */
export function addIssues(github: MemoryGitHub): FakeIssues {
  const issues: FakeIssues = {permissions: new Map(), done: [], comment: '', failWith: undefined};
  github.other = request =>
    issues.failWith === undefined ? answer(github, issues, request) : {status: issues.failWith};
  return issues;
}

function answer({repository}: MemoryGitHub, issues: FakeIssues, request: RecordedRequest): Reply | undefined {
  const route = `${request.method} ${request.path.replace(`/repos/${repository}/`, '')}`;
  const [, login] = /^GET collaborators\/([^/]+)\/permission$/.exec(route) ?? [];
  if (login !== undefined) {
    const found = issues.permissions.get(decodeURIComponent(login));
    return found === undefined ? {status: 404, body: {message: 'Not Found'}} : {status: 200, body: found};
  }
  const body = request.json as Record<string, string> | undefined;
  if (route === 'POST issues/7/comments') {
    issues.comment = body?.['body'] ?? '';
    issues.done.push('comment');
    return {status: 201, body: {id: 1}};
  }
  if (route === 'PATCH issues/7') {
    issues.done.push(`close ${body?.['state_reason']}`);
    return {status: 200, body: {}};
  }
  if (route !== 'PUT issues/7/lock') return undefined;
  issues.done.push('lock');
  return {status: 204};
}
