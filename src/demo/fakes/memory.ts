/**
 * A fake of the part of GitHub that stores the incident memory: branches with one file each. A commit must name the current
 * head of its branch. Supports the action's GraphQL queries, and the REST calls that create a branch.
 */
import {createHash} from 'node:crypto';
import type {Handler, Reply, Request} from '../../ui/local-server.ts';

interface Commit {
  readonly oid: string;
  readonly message: string;
  readonly tree: string;
}

/** The routes below the base of the repository, and `/graphql`. Undefined for any other path. */
export function createMemoryApi(base: string): Handler {
  const store = new Store();
  return (request): Reply | undefined => {
    const {method, path} = request;
    if (method !== 'POST') return undefined;
    if (path === '/graphql') return answerGraphql(store, request);
    if (path === `${base}/git/trees`) return takeTree(store, request);
    if (path === `${base}/git/commits`) return takeCommit(store, request);
    return path === `${base}/git/refs` ? takeRef(store, request) : undefined;
  };
}

class Store {
  /** Texts of memory.json. */
  readonly trees = new Map<string, string>();
  readonly commits = new Map<string, Commit>();
  readonly heads = new Map<string, Commit>();

  addTree(text: string): string {
    const tree = hash(text);
    this.trees.set(tree, text);
    return tree;
  }

  addCommit(message: string, tree: string): Commit {
    const commit = {oid: hash(`${this.commits.size} ${message} ${tree}`), message, tree};
    this.commits.set(commit.oid, commit);
    return commit;
  }
}

function answerGraphql(store: Store, {text}: Request): Reply {
  const {query = '', variables} = jsonOf<{query?: string; variables?: {i?: CommitInput}}>(text);
  if (query.startsWith('query')) return readHeads(store, query);
  const input = variables?.i;
  if (!query.includes('createCommitOnBranch') || input === undefined) {
    return {status: 200, body: {errors: [{message: 'The demo does not support this query.'}]}};
  }
  return commitOnBranch(store, input);
}

const REF = /(s\d):ref\(qualifiedName:"refs\/heads\/(port-reactor\/memory-\d)"\)/g;

function readHeads(store: Store, query: string): Reply {
  const refs = [...query.matchAll(REF)].map(([, alias = '', name = '']) => {
    const head = store.heads.get(name);
    return [alias, head === undefined ? null : {target: show(store, head)}];
  });
  return {status: 200, body: {data: {repository: Object.fromEntries(refs), rateLimit: {remaining: 999}}}};
}

function show({trees}: Store, {oid, message, tree}: Commit): object {
  const author = {name: 'github-actions', user: {login: 'github-actions'}};
  return {oid, message, author, tree: {oid: tree}, file: {object: {text: trees.get(tree), isTruncated: false}}};
}

interface CommitInput {
  readonly branch: {readonly branchName: string};
  readonly expectedHeadOid: string;
  readonly message: {readonly headline: string; readonly body?: string};
  readonly fileChanges: {readonly additions: readonly {readonly contents: string}[]};
}

/** https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch */
function commitOnBranch(store: Store, {branch, expectedHeadOid, message, fileChanges}: CommitInput): Reply {
  if (store.heads.get(branch.branchName)?.oid !== expectedHeadOid) {
    const stale = `Expected branch to point to "${expectedHeadOid}" but it did not. Pull and try again.`;
    return {
      status: 200,
      body: {data: {createCommitOnBranch: null}, errors: [{type: 'STALE_DATA', message: stale}]},
    };
  }
  const [addition] = fileChanges.additions;
  const tree = store.addTree(Buffer.from(addition?.contents ?? '', 'base64').toString());
  const commit = store.addCommit([message.headline, message.body].filter(Boolean).join('\n\n'), tree);
  store.heads.set(branch.branchName, commit);
  return {status: 200, body: {data: {createCommitOnBranch: {commit: {oid: commit.oid}}}}};
}

function takeTree(store: Store, {text}: Request): Reply {
  const {tree} = jsonOf<{tree: readonly {content: string}[]}>(text);
  return {status: 201, body: {sha: store.addTree(tree[0]?.content ?? '')}};
}

function takeCommit(store: Store, {text}: Request): Reply {
  const {message, tree} = jsonOf<{message: string; tree: string}>(text);
  if (!store.trees.has(tree)) return {status: 422, body: {message: 'Tree SHA does not exist'}};
  return {status: 201, body: {sha: store.addCommit(message, tree).oid}};
}

/** 422 if another run created the branch first. */
function takeRef({commits, heads}: Store, {text}: Request): Reply {
  const {ref, sha} = jsonOf<{ref: string; sha: string}>(text);
  const [name, commit] = [ref.replace('refs/heads/', ''), commits.get(sha)];
  if (heads.has(name) || commit === undefined) return {status: 422, body: {message: 'Reference already exists'}};
  heads.set(name, commit);
  return {status: 201, body: {ref}};
}

/** Parses without validation, because only the action calls this API. */
function jsonOf<T>(text: string): T {
  return JSON.parse(text) as T;
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
