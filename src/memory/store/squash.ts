/** Memory: shortens the history of the shards once a week. Each run adds a commit, and old commits are never read again. */
import {messageOf} from '../../base/errors.ts';
import type {MemoryBranches} from '../../clients/memory/branches.ts';
import {branchOf} from '../../clients/memory/shard.ts';
import {nonceLine, noncesIn} from './nonce.ts';

interface SquashDeps {
  readonly branches: MemoryBranches;
  readonly run: {readonly name: string; readonly url: string};
}

/** A quiet time, in UTC. GitHub delays scheduled runs and skips some of them, so the window is one hour. */
const [SUNDAY, HOUR] = [0, 3];

/** Whether the weekly window is open. */
export function isTimeToSquash(nowMs: number): boolean {
  const now = new Date(nowMs);
  return now.getUTCDay() === SUNDAY && now.getUTCHours() === HOUR;
}

/**
 * The number of recent nonces in the new commit. A run that waits for the response to a recent write finds the write by its
 * nonce.
 */
const KEPT_NONCES = 20;

/**
 * Replaces the history of each shard by one commit, unless another run writes at the same time. Never rejects.
 * @returns what failed, as sentences. The next week tries again
 */
export async function squash(shards: readonly number[], {branches, run}: SquashDeps): Promise<string[]> {
  const remarks = await Promise.all(
    shards.map(async shard => {
      try {
        const commits = await branches.history(shard, KEPT_NONCES);
        const [newest, ...older] = commits;
        if (newest?.head === undefined || older.length === 0) return [];
        if (noncesIn(newest.message).length === 0) return []; // a manual edit, whose author the next run must still see
        const nonces = [
          `${run.name}/squash`,
          ...commits.flatMap(({message}) => noncesIn(message)).slice(0, KEPT_NONCES),
        ];
        const message = {
          headline: 'Older history removed [skip ci]',
          body: [run.url, ...nonces.map(nonceLine)].join('\n'),
        };
        await branches.squash({shard, head: newest.head, message});
        return [];
      } catch (error) {
        return [`The history of ${branchOf(shard)} could not be shortened: ${messageOf(error)}`];
      }
    }),
  );
  return remarks.flat();
}
