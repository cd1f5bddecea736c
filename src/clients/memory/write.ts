/** Writes one shard, if its branch has not changed since it was read. */
import * as z from 'zod/mini';
import {RequestError} from '../../base/errors.ts';
import {type Calls, type GraphQLError, joinErrors, MemoryError, queryRepository, refused, shaped} from './calls.ts';
import {
  branchOf,
  type CommitMessage,
  type CommitResult,
  type FirstCommit,
  MEMORY_FILE,
  type ShardCommit,
} from './shard.ts';

const MUTATION = 'mutation($i:CreateCommitOnBranchInput!){createCommitOnBranch(input:$i){commit{oid}}}';

/**
 * Commits a new text on top of a known head.
 * @throws {MemoryError} if GitHub refuses it
 */
export async function writeCommit(
  github: Calls,
  {shard, head, text, message, file = MEMORY_FILE}: ShardCommit,
): Promise<CommitResult> {
  const input = {
    branch: {repositoryNameWithOwner: github.repository, branchName: branchOf(shard)},
    expectedHeadOid: head,
    message,
    fileChanges: {additions: [{path: file, contents: Buffer.from(text).toString('base64')}]},
  };
  return unlessUnconfirmed(async () => {
    const {data, errors} = await github.graphql(MUTATION, {i: input});
    const Written = z.object({createCommitOnBranch: z.object({commit: z.object({oid: z.string()})})});
    const written = Written.safeParse(data);
    return written.success
      ? {kind: 'written', head: written.data.createCommitOnBranch.commit.oid}
      : conflictIn(github, errors);
  });
}

/**
 * GitHub's error if another writer was first: type STALE_DATA, "Expected branch to point to … but it did not. Pull and try
 * again."
 */
function conflictIn(github: Calls, errors: readonly GraphQLError[]): CommitResult {
  const isConflict = errors.some(
    ({type, message}) => type === 'STALE_DATA' || /expected branch to point to/i.test(message),
  );
  if (isConflict) return {kind: 'conflict'};
  throw refused(github.repository, joinErrors(errors) || 'the response contains no commit');
}

const Sha = z.object({sha: z.string()});

/**
 * Creates the branch with its first commit, which has no parent.
 * @throws {MemoryError} if GitHub refuses it
 */
export async function createBranch(
  github: Calls,
  {shard, text, message, extraFile}: FirstCommit,
): Promise<CommitResult> {
  return unlessUnconfirmed(async () => {
    const files = [{file: MEMORY_FILE, text}, ...(extraFile === undefined ? [] : [extraFile])];
    const tree = await github.post('git/trees', {
      tree: files.map(({file: path, text: content}) => ({path, mode: '100644', type: 'blob', content})),
    });
    const commit = shaped(Sha, await github.post('git/commits', orphan(message, shaped(Sha, tree).sha)));
    try {
      await github.post('git/refs', {ref: `refs/heads/${branchOf(shard)}`, sha: commit.sha});
      return {kind: 'written', head: commit.sha};
    } catch (error) {
      if (isAlreadyThere(error)) return {kind: 'conflict'};
      throw error;
    }
  });
}

const SQUASH = 'mutation($i:UpdateRefsInput!){updateRefs(input:$i){clientMutationId}}';
const SquashTarget = z.object({
  id: z.string(),
  ref: z.nullish(z.object({target: z.object({oid: z.string(), tree: z.object({oid: z.string()})})})),
});

/**
 * Replaces the branch's history by one commit with the same files.
 * @throws {MemoryError}
 */
export async function squashBranch(
  github: Calls,
  {shard, head, message}: {shard: number; head: string; message: CommitMessage},
): Promise<CommitResult> {
  const name = `refs/heads/${branchOf(shard)}`;
  const ref = `ref(qualifiedName:"${name}"){target{...on Commit{oid tree{oid}}}}`;
  const query = `query($o:String!,$n:String!){repository(owner:$o,name:$n){id ${ref}}}`;
  const found = shaped(SquashTarget, await queryRepository(github, query));
  if (found.ref?.target.oid !== head) return {kind: 'conflict'};
  const {tree} = found.ref.target;
  return unlessUnconfirmed(async () => {
    const {sha} = shaped(Sha, await github.post('git/commits', orphan(message, tree.oid)));
    const refUpdates = [{name, beforeOid: head, afterOid: sha, force: true}];
    const {errors} = await github.graphql(SQUASH, {i: {repositoryId: found.id, refUpdates}});
    return errors.length === 0 ? {kind: 'written', head: sha} : conflictIn(github, errors);
  });
}

function orphan({headline, body}: CommitMessage, tree: string) {
  return {message: body === '' ? headline : `${headline}\n\n${body}`, tree, parents: []};
}

/** If the response to a write is lost, the write may have happened. The caller reads again to find out. */
async function unlessUnconfirmed(write: () => Promise<CommitResult>): Promise<CommitResult> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof MemoryError && error.kind === 'unreachable') return {kind: 'unknown'};
    throw error;
  }
}

/** GitHub returns 422 "Reference already exists". A violated ruleset also returns 422, with another message. */
function isAlreadyThere(error: unknown): boolean {
  const cause = error instanceof MemoryError ? error.cause : undefined;
  return cause instanceof RequestError && cause.status === 422 && /already exists/i.test(cause.message);
}
