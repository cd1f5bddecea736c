/**
 * The branches that store the incident memory. One query reads any number of shards. One commit writes one shard, and only if
 * the branch has not changed since it was read (compare-and-swap). This code does not depend on the content of the files.
 */
import type {Fetch, Sleep} from '../../base/deps.ts';
import {createCalls, type MemoryBranchesSettings} from './calls.ts';
import {readHistory, readShards} from './read.ts';
import type {CommitMessage, CommitResult, FirstCommit, ShardCommit, ShardSnapshot} from './shard.ts';
import {createBranch, squashBranch, writeCommit} from './write.ts';

export interface MemoryBranchesDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
}

export interface MemoryBranches {
  /**
   * @param file default: `memory.json`
   * @throws {MemoryError} after three attempts within ten seconds
   */
  read(shards: readonly number[], file?: string): Promise<ReadonlyMap<number, ShardSnapshot>>;
  /** @throws {MemoryError} if GitHub refuses the commit */
  commit(commit: ShardCommit): Promise<CommitResult>;
  /**
   * Creates the branch with its first commit.
   * @throws {MemoryError} if GitHub refuses it
   */
  create(commit: FirstCommit): Promise<CommitResult>;
  /**
   * The newest commits of a shard, newest first.
   * @throws {MemoryError}
   */
  history(shard: number, count: number): Promise<readonly ShardSnapshot[]>;
  /**
   * Replaces the branch's history by one commit with the same files.
   * @throws {MemoryError}
   */
  squash(commit: {
    readonly shard: number;
    readonly head: string;
    readonly message: CommitMessage;
  }): Promise<CommitResult>;
}

export function createMemoryBranches(settings: MemoryBranchesSettings, deps: MemoryBranchesDeps): MemoryBranches {
  const github = createCalls(settings, deps.fetch);
  return {
    read: (shards, file) => readShards(github, shards, {sleep: deps.sleep, file}),
    commit: commit => writeCommit(github, commit),
    create: commit => createBranch(github, commit),
    history: (shard, count) => readHistory(github, shard, count),
    squash: commit => squashBranch(github, commit),
  };
}
