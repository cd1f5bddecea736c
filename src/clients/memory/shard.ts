/** A shard of the incident memory as GitHub stores it: a branch with its file, and room for others beside it. */
/** A branch as one snapshot: text and commit belong together. */
export interface ShardSnapshot {
  /** The commit at the head. It is undefined if there is no such branch. */
  readonly head: string | undefined;
  /** The message of that commit. */
  readonly message: string;
  /** Login or name of the person or App who made it, if GitHub says it. */
  readonly author: string | undefined;
  /** The text of the file that was asked for, `memory.json` by default. It is undefined if the commit does not hold the file. */
  readonly text: string | undefined;
}

/** The first line and the rest of a commit's message. Neither may hold text of the catalog. */
export interface CommitMessage {
  readonly headline: string;
  readonly body: string;
}

export interface ShardCommit {
  readonly shard: number;
  /** The head that the new text was computed from. */
  readonly head: string;
  readonly text: string;
  readonly message: CommitMessage;
  /** The file that the text is of. Default: {@link MEMORY_FILE}. The other files of the branch stay as they are. */
  readonly file?: string;
}

/** The first commit of a branch. */
export interface FirstCommit extends Omit<ShardCommit, 'head' | 'file'> {
  /** Another file beside the memory. */
  readonly beside?: {readonly file: string; readonly text: string};
}

export type CommitResult =
  | {readonly kind: 'written'; readonly head: string}
  /** The branch has another head: nothing was written. */
  | {readonly kind: 'conflict'}
  /** No answer came, so the commit may have been written. */
  | {readonly kind: 'unknown'};

/** The file of a shard's branch that holds its memory. */
export const MEMORY_FILE = 'memory.json';

/** The name of a shard's branch. Both names are part of the contract. */
export function branchOf(shard: number): string {
  return `port-reactor/memory-${shard}`;
}
