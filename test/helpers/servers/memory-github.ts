/**
 * A strict fake of GitHub for the incident memory: branches with real compare-and-swap, and GitHub's failures.
 *
 * - `github.put(3, text)` commits as a person does. `github.text(3)`, `github.text(0, 'reconcile.json')` and `github.messages(3)` show the current state.
 * - `github.staleReads = 1`: the next reads answer with the previous version of each branch.
 * - `github.loseResponses = 1`: the next writes succeed, but their connection ends without a response.
 * - `github.replyNext(reply)` sets the next responses, to any requests.
 * - `github.runCreatedAt` is the creation time of workflow runs, unless `github.other` answers.
 * - `github.other = request => …` answers requests that are not about the memory.
 * - `github.refuseWrites = {status: 403}` is the response to writes, after `github.writesLeft` successful ones.
 * - `github.beforeWrite` runs once before the next write, so that another writer can be first.
 */
import {createHash, randomUUID} from 'node:crypto';
import {MEMORY_FILE} from '../../../src/clients/memory/shard.ts';
import {type RecordedRequest, type Reply, startServer, type TestServer} from './http-server.ts';

const GRAPHQL_CUTS_AT = 512_000;

interface StoredCommit {
  readonly oid: string;
  readonly message: string;
  readonly author: string;
  readonly tree: string;
}

export interface MemoryGitHub extends TestServer {
  readonly graphqlUrl: string;
  readonly repository: string;
  staleReads: number;
  loseResponses: number;
  beforeWrite: (() => void) | undefined;
  refuseWrites: Reply | 'reset' | undefined;
  writesLeft: number;
  other: ((request: RecordedRequest) => Reply | 'reset' | undefined) | undefined;
  replyNext(...replies: (Reply | 'reset')[]): void;
  put(
    shard: number,
    text: string | undefined,
    commit?: {message?: string; author?: string; others?: Readonly<Record<string, string>>},
  ): string;
  text(shard: number, file?: string): string | undefined;
  head(shard: number): string | undefined;
  /** Newest first. */
  messages(shard: number): string[];
  deleteBranch(shard: number): void;
  runCreatedAt: string;
  /** The number of GraphQL queries and mutations, of REST calls, and of requests for a workflow run. */
  calls(): {queries: number; mutations: number; rest: number; runs: number};
}

function isAboutRun({method, path}: RecordedRequest): boolean {
  return method === 'GET' && /^\/repos\/[^/]+\/[^/]+\/actions\/runs\/\d+$/.test(path);
}

export async function startMemoryGitHub(repository = 'acme/operations'): Promise<MemoryGitHub> {
  /** The files of each tree, by path. */
  const trees = new Map<string, Tree>();
  const commits = new Map<string, StoredCommit>();
  /** Newest first. */
  const branches = new Map<string, StoredCommit[]>();
  const scripted: (Reply | 'reset')[] = [];

  const addTree = (tree: Tree) => {
    const sha = hash(`tree ${JSON.stringify(Object.entries(tree).toSorted())}`);
    trees.set(sha, tree);
    return sha;
  };
  const addCommit = (message: string, tree: string, author = 'github-actions') => {
    const commit = {oid: hash(randomUUID()), message, author, tree};
    commits.set(commit.oid, commit);
    return commit;
  };
  const lastButOne = (history: StoredCommit[]) => (history.length > 1 ? history.slice(1) : undefined);
  const seen = (name: string, isStale: boolean) => {
    const history = branches.get(name);
    return isStale && history ? lastButOne(history) : history;
  };
  const show = (commit: StoredCommit, path: string) => {
    const text = trees.get(commit.tree)?.[path];
    const bytes = Buffer.from(text ?? '');
    const isTruncated = bytes.length > GRAPHQL_CUTS_AT;
    const shown = isTruncated ? bytes.subarray(0, GRAPHQL_CUTS_AT).toString() : text;
    return {
      oid: commit.oid,
      message: commit.message,
      author: {name: commit.author, user: {login: commit.author}},
      tree: {oid: commit.tree},
      file: text === undefined ? null : {object: {text: shown, isTruncated}},
    };
  };

  const query = (text: string): Reply => {
    const isStale = github.staleReads > 0 && github.staleReads-- > 0;
    const refs = [...text.matchAll(/(?:(s\d):)?ref\(qualifiedName:"refs\/heads\/(port-reactor\/memory-\d)"\)/g)];
    const path = /file\(path:"([^"]+)"\)/.exec(text)?.[1] ?? MEMORY_FILE;
    const count = Number(/history\(first:(\d+)\)/.exec(text)?.[1] ?? 0);
    const errors: object[] = [];
    const fields = refs.map(([, alias = 'ref', name = '']) => {
      const history = seen(name, isStale);
      if (!history?.[0]) return [alias, null];
      if (trees.get(history[0].tree)?.[path] === undefined) {
        errors.push({
          type: 'NOT_FOUND',
          path: ['repository', alias, 'target', 'file'],
          message: 'Could not resolve file.',
        });
      }
      const target =
        count > 0 ? {history: {nodes: history.slice(0, count).map(one => show(one, path))}} : show(history[0], path);
      return [alias, {target}];
    });
    const data = {repository: {id: 'R_1', ...Object.fromEntries(fields)}, rateLimit: {remaining: 900}};
    return {status: 200, body: errors.length > 0 ? {data, errors} : {data}};
  };

  const written = (reply: Reply): Reply | 'reset' =>
    github.loseResponses > 0 && github.loseResponses-- > 0 ? 'reset' : reply;
  const startWrite = () => {
    const before = github.beforeWrite;
    github.beforeWrite = undefined;
    before?.();
  };

  const commitOnBranch = (input: CommitInput): Reply | 'reset' => {
    startWrite();
    const name = input.branch.branchName;
    const history = branches.get(name) ?? [];
    if (history[0]?.oid !== input.expectedHeadOid) return stale(input.expectedHeadOid);
    const added = input.fileChanges.additions.map(({path, contents}) => [
      path,
      Buffer.from(contents, 'base64').toString(),
    ]);
    const tree = addTree({...trees.get(history[0].tree), ...Object.fromEntries(added)});
    const {headline, body} = input.message;
    const commit = addCommit(body ? `${headline}\n\n${body}` : headline, tree);
    branches.set(name, [commit, ...history]);
    return written({status: 200, body: {data: {createCommitOnBranch: {commit: {oid: commit.oid}}}}});
  };

  const updateRefs = ({refUpdates: [update]}: {refUpdates: RefUpdate[]}): Reply | 'reset' => {
    startWrite();
    const name = (update?.name ?? '').replace('refs/heads/', '');
    const after = commits.get(update?.afterOid ?? '');
    if (!update || !after || branches.get(name)?.[0]?.oid !== update.beforeOid) return stale(update?.beforeOid ?? '');
    branches.set(name, [after]);
    return written({status: 200, body: {data: {updateRefs: {clientMutationId: null}}}});
  };

  const graphql = (request: RecordedRequest): Reply | 'reset' => {
    const {query: text, variables} = request.json as {query: string; variables: {i?: never}};
    if (text.startsWith('query')) return query(text);
    if (text.includes('createCommitOnBranch')) return commitOnBranch(variables.i as unknown as CommitInput);
    if (text.includes('updateRefs')) return updateRefs(variables.i as unknown as {refUpdates: RefUpdate[]});
    return {status: 200, body: {errors: [{message: `Parse error on ${text}`}]}};
  };

  const rest = (request: RecordedRequest): Reply | 'reset' => {
    const {method, path, query: parameters, json} = request;
    const route = `${method} ${path.replace(`/repos/${repository}/`, '')}`;
    if (route === 'POST git/trees') {
      const files = (json as {tree: {path: string; content: string}[]}).tree;
      return {status: 201, body: {sha: addTree(Object.fromEntries(files.map(({path, content}) => [path, content])))}};
    }
    if (route === 'POST git/commits') {
      const {message, tree, parents} = json as {message: string; tree: string; parents: unknown[]};
      if (!trees.has(tree) || parents.length > 0) return {status: 422, body: {message: 'Tree SHA does not exist'}};
      return {status: 201, body: {sha: addCommit(message, tree).oid}};
    }
    if (route === 'POST git/refs') {
      startWrite();
      const {ref, sha} = json as {ref: string; sha: string};
      const name = ref.replace('refs/heads/', '');
      const commit = commits.get(sha);
      if (branches.has(name) || !commit) return {status: 422, body: {message: 'Reference already exists'}};
      branches.set(name, [commit]);
      return written({status: 201, body: {ref}});
    }
    const commit = commits.get(parameters.get('ref') ?? '');
    const file = route.startsWith('GET contents/') && commit ? trees.get(commit.tree)?.[route.slice(13)] : undefined;
    if (file !== undefined) return {status: 200, body: file};
    return github.other?.(request) ?? {status: 404, body: {message: 'Not Found'}};
  };

  const server = await startServer(request => {
    // Before the responses that tests set, because the action sends this request in parallel with others.
    if (isAboutRun(request)) return github.other?.(request) ?? {status: 200, body: {created_at: github.runCreatedAt}};
    const reply = scripted.shift();
    if (reply !== undefined) return reply;
    const isWrite = request.method === 'POST' && !request.text.startsWith('{"query":"query');
    if (isWrite && github.refuseWrites !== undefined && github.writesLeft-- <= 0) return github.refuseWrites;
    return request.path === '/graphql' ? graphql(request) : rest(request);
  });

  const github: MemoryGitHub = {
    ...server,
    graphqlUrl: `${server.url}/graphql`,
    repository,
    staleReads: 0,
    loseResponses: 0,
    beforeWrite: undefined,
    refuseWrites: undefined,
    writesLeft: 0,
    runCreatedAt: '2026-11-20T12:28:20Z',
    other: undefined,
    replyNext: (...replies) => void scripted.push(...replies),
    put(shard, text, {message = 'Edit by hand', author = 'jane', others = {}} = {}) {
      const commit = addCommit(
        message,
        addTree({...others, ...(text === undefined ? {} : {[MEMORY_FILE]: text})}),
        author,
      );
      branches.set(nameOf(shard), [commit, ...(branches.get(nameOf(shard)) ?? [])]);
      return commit.oid;
    },
    text: (shard, file = MEMORY_FILE) => trees.get(branches.get(nameOf(shard))?.[0]?.tree ?? '')?.[file],
    head: shard => branches.get(nameOf(shard))?.[0]?.oid,
    messages: shard => (branches.get(nameOf(shard)) ?? []).map(({message}) => message),
    deleteBranch: shard => void branches.delete(nameOf(shard)),
    calls() {
      const asked = server.requests.filter(({path}) => path === '/graphql');
      const isMutation = ({text}: RecordedRequest) => text.startsWith('{"query":"mutation');
      const mutations = asked.filter(isMutation).length;
      const runs = server.requests.filter(isAboutRun).length;
      const rest = server.requests.length - asked.length - runs;
      return {queries: asked.length - mutations, mutations, rest, runs};
    },
  };
  return github;
}

interface CommitInput {
  readonly branch: {readonly branchName: string};
  readonly expectedHeadOid: string;
  readonly message: {readonly headline: string; readonly body?: string};
  readonly fileChanges: {readonly additions: readonly {readonly path: string; readonly contents: string}[]};
}

interface RefUpdate {
  readonly name: string;
  readonly beforeOid: string;
  readonly afterOid: string;
}

function stale(expected: string): Reply {
  const message = `Expected branch to point to "${expected}" but it did not. Pull and try again.`;
  return {status: 200, body: {data: {createCommitOnBranch: null}, errors: [{type: 'STALE_DATA', message}]}};
}

type Tree = Readonly<Record<string, string>>;

const nameOf = (shard: number) => `port-reactor/memory-${shard}`;
const hash = (text: string) => createHash('sha1').update(text).digest('hex');
