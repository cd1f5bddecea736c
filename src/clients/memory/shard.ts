/** A shard of the incident memory as GitHub stores it: a branch with a memory file, and optional other files. */
/** The state of a branch in one snapshot: the text belongs to the commit. */
export interface ShardSnapshot {
  /** The head commit. Undefined if the branch does not exist. */
  readonly head: string | undefined;
  /** The message of that commit. */
  readonly message: string;
  /** Login or name of the commit's author, if GitHub returns it. */
  readonly author: string | undefined;
  /** The text of the requested file, by default `memory.json`. Undefined if the commit does not contain it. */
  readonly text: string | undefined;
}

/** The first line and the rest of a commit's message. They must not contain text of the catalog. */
export interface CommitMessage {
  readonly headline: string;
  readonly body: string;
}

export interface ShardCommit {
  readonly shard: number;
  /** The head that the new text is based on. */
  readonly head: string;
  readonly text: string;
  readonly message: CommitMessage;
  /** The file to write. Default: {@link MEMORY_FILE}. The other files of the branch do not change. */
  readonly file?: string;
}

/** The first commit of a branch. */
export interface FirstCommit extends Omit<ShardCommit, 'head' | 'file'> {
  /** A second file in the same commit. */
  readonly extraFile?: {readonly file: string; readonly text: string};
}

export type CommitResult =
  | {readonly kind: 'written'; readonly head: string}
  /** The branch has another head, so nothing was written. */
  | {readonly kind: 'conflict'}
  /** No response arrived, so the commit may have been written. */
  | {readonly kind: 'unknown'};

/** The file with the memory in a shard's branch. */
export const MEMORY_FILE = 'memory.json';

/** The name of a shard's branch. Both names are part of the contract. */
export function branchOf(shard: number): string {
  return `port-reactor/memory-${shard}`;
}
