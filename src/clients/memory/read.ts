/** Reads shards: text and commit in one snapshot, so that a write can name the version on which it is based. */
import * as z from 'zod/mini';
import type {Sleep} from '../../base/deps.ts';
import {type Calls, MemoryError, queryRepository, shaped} from './calls.ts';
import {branchOf, MEMORY_FILE, type ShardSnapshot} from './shard.ts';

const TRIES = 3;
/** With the pauses, three attempts end within ten seconds. */
const TRY_TIMEOUT_MS = 2900;
const PAUSES_MS = [200, 1000];
/** The longest rate limit that a run waits for. */
const MAX_LIMIT_MS = 5_000;

interface ReadOptions {
  readonly sleep: Sleep;
  /** The file to read from each branch. */
  readonly file?: string | undefined;
}

/**
 * Reads shards in one query, with up to three attempts if GitHub cannot be reached or limits the requests.
 * @throws {MemoryError}
 */
export async function readShards(
  github: Calls,
  shards: readonly number[],
  {sleep, file = MEMORY_FILE}: ReadOptions,
): Promise<Map<number, ShardSnapshot>> {
  for (let tries = 1; ; tries++) {
    try {
      return await readOnce(github, shards, file);
    } catch (error) {
      if (!(error instanceof MemoryError) || error.kind === 'refused' || tries === TRIES) throw error;
      const {waitMs = 0} = error;
      if (waitMs > MAX_LIMIT_MS) throw error;
      await sleep(Math.max(PAUSES_MS[tries - 1] ?? 0, waitMs));
    }
  }
}

const Author = z.nullish(
  z.object({name: z.nullish(z.string()), user: z.nullish(z.object({login: z.nullish(z.string())}))}),
);
const Commit = z.object({
  oid: z.string(),
  message: z.optional(z.string()),
  author: z.optional(Author),
  file: z.nullish(
    z.object({object: z.nullish(z.object({text: z.nullish(z.string()), isTruncated: z.optional(z.boolean())}))}),
  ),
});
type Commit = z.infer<typeof Commit>;

function commitFields(file: string): string {
  return `oid message author{name user{login}} file(path:"${file}"){object{...on Blob{text isTruncated}}}`;
}

async function readOnce(github: Calls, shards: readonly number[], file: string) {
  const aliases = shards.map(
    shard =>
      `s${shard}:ref(qualifiedName:"refs/heads/${branchOf(shard)}"){target{...on Commit{${commitFields(file)}}}}`,
  );
  const query = `query($o:String!,$n:String!){repository(owner:$o,name:$n){${aliases.join(' ')}} rateLimit{remaining}}`;
  const repository = await queryRepository(github, query, TRY_TIMEOUT_MS);
  const snapshots = shards.map(async shard => {
    const ref = shaped(z.nullish(z.object({target: Commit})), repository[`s${shard}`]);
    return [shard, ref ? await snapshotOf(github, ref.target, file) : NO_BRANCH] as const;
  });
  return new Map(await Promise.all(snapshots));
}

const NO_BRANCH: ShardSnapshot = {head: undefined, message: '', author: undefined, text: undefined};

/**
 * The newest commits of a shard, newest first.
 * @throws {MemoryError}
 */
export async function readHistory(github: Calls, shard: number, count: number): Promise<ShardSnapshot[]> {
  const commits = `history(first:${count}){nodes{${commitFields(MEMORY_FILE)}}}`;
  const ref = `ref(qualifiedName:"refs/heads/${branchOf(shard)}"){target{...on Commit{${commits}}}}`;
  const query = `query($o:String!,$n:String!){repository(owner:$o,name:$n){${ref}}}`;
  const repository = await queryRepository(github, query);
  const History = z.nullish(z.object({target: z.object({history: z.object({nodes: z.array(Commit)})})}));
  const nodes = shaped(History, repository['ref'])?.target.history.nodes ?? [];
  return Promise.all(nodes.map(commit => snapshotOf(github, commit, MEMORY_FILE)));
}

/** GraphQL truncates a blob's text at 512,000 bytes. Longer files are read through the REST API. */
async function snapshotOf(
  github: Calls,
  {oid, message = '', author, file: found}: Commit,
  file: string,
): Promise<ShardSnapshot> {
  const blob = found?.object;
  const text = blob?.isTruncated === true ? await github.file(oid, file) : (blob?.text ?? undefined);
  return {head: oid, message, author: author?.user?.login ?? author?.name ?? undefined, text};
}
