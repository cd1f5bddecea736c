/**
 * Memory: the protocol between a run and the shards of the incident memory: read, then write only on top of the version that
 * was read. The format is a parameter, so this file handles only order, conflicts and lost responses.
 */

import type {Now, Sleep} from '../../base/deps.ts';
import {messageOf} from '../../base/errors.ts';
import type {MemoryBranches} from '../../clients/memory/branches.ts';
import {MemoryError} from '../../clients/memory/calls.ts';
import {branchOf, type ShardSnapshot} from '../../clients/memory/shard.ts';
import {nonceLine, noncesIn} from './nonce.ts';

/** How a shard's memory is serialized. */
export interface ShardFormat<Memory> {
  /** The content of a shard that was never used. */
  empty(shard: number, nowMs: number): Memory;
  /**
   * Parses the text of a file.
   * `invalid`: not a memory. `newer`: a later version of the action wrote it, so it must be neither interpreted nor
   * overwritten.
   */
  parse(text: string, shard: number): {readonly memory: Memory} | {readonly invalid: string} | {readonly newer: number};
  serialize(memory: Memory): string;
  /** Joins two versions: `ours` was computed from `base`, and `theirs` was written in the meantime. */
  merge(versions: {readonly base: Memory; readonly ours: Memory; readonly theirs: Memory}): Memory;
}

/** A shard as it was read, or as it was last written. */
export interface KnownShard<Memory> {
  readonly shard: number;
  /** The commit that the memory was read from. Undefined if the branch does not exist yet. */
  readonly head: string | undefined;
  readonly memory: Memory;
  /** Remarks for people about this read: a repair, a manual edit, a memory that starts empty. */
  readonly remarks: readonly string[];
}

/** Why a shard's memory is unknown. Such a shard must not be written. */
interface UnknownShard {
  readonly shard: number;
  readonly unavailable: string;
}

export type RecalledShard<Memory> = KnownShard<Memory> | UnknownShard;

type IntentResult<Memory> =
  | {readonly kind: 'written'; readonly shard: KnownShard<Memory>}
  /** Another run wrote first. The caller has not acted yet, so it decides again with the current content. */
  | {readonly kind: 'conflict'; readonly shard: KnownShard<Memory>}
  | {readonly kind: 'failed'; readonly reason: string};

type OutcomeResult<Memory> = Exclude<IntentResult<Memory>, {kind: 'conflict'}>;

export interface ShardStore<Memory> {
  /** Reads the shards in one query. Never throws: a shard that cannot be read is an {@link UnknownShard}. */
  recall(shards: readonly number[]): Promise<ReadonlyMap<number, RecalledShard<Memory>>>;
  /** Writes before acting. */
  writeIntent(shard: KnownShard<Memory>, next: Memory, headline: string): Promise<IntentResult<Memory>>;
  /** Writes after acting. A conflict is merged, because the reactions cannot be undone. */
  writeOutcome(shard: KnownShard<Memory>, next: Memory, headline: string): Promise<OutcomeResult<Memory>>;
}

export interface ShardStoreDeps<Memory> {
  readonly branches: MemoryBranches;
  readonly format: ShardFormat<Memory>;
  readonly now: Now;
  readonly sleep: Sleep;
  /** `name` is the attempt of the run, such as "123/1". `url` is its page. `writes` is the number of the first write. */
  readonly run: {readonly name: string; readonly url: string; readonly writes?: number};
}

/** A shard after a write that was rejected or not confirmed. `oursAt`: the write succeeded, in that commit. */
type ReadAfterWrite<Memory> = RecalledShard<Memory> | {readonly oursAt: string | undefined} | 'unchanged';

/** The maximum number of merges of an outcome with other writes. The pauses between them grow to three seconds. */
const MAX_MERGES = 8;
/** The maximum number of times that one write is sent until GitHub confirms or rejects it. */
const MAX_SENDS = 4;
/** The maximum number of reads of a shard after a conflict, until GitHub returns the conflicting version. */
const MAX_READS = 4;
const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 3000;
/** The maximum number of commits that are searched for a valid memory, or for a commit of this run. */
const HISTORY = 5;

export function createShardStore<Memory>(deps: ShardStoreDeps<Memory>): ShardStore<Memory> {
  const store = new Store(deps);
  return {
    recall: shards => store.recall(shards),
    writeIntent: (shard, next, headline) => store.writeIntent(shard, next, headline),
    writeOutcome: (shard, next, headline) => store.writeOutcome(shard, next, headline),
  };
}

class Store<Memory> {
  readonly #deps: ShardStoreDeps<Memory>;
  #writes: number;

  constructor(deps: ShardStoreDeps<Memory>) {
    this.#deps = deps;
    this.#writes = deps.run.writes ?? 0;
  }

  async recall(shards: readonly number[]): Promise<ReadonlyMap<number, RecalledShard<Memory>>> {
    try {
      const snapshots = await this.#deps.branches.read(shards);
      const known = shards.map(shard => this.#understand(shard, snapshots.get(shard)));
      return new Map((await Promise.all(known)).map(recalled => [recalled.shard, recalled]));
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      return new Map(shards.map(shard => [shard, {shard, unavailable: error.message}]));
    }
  }

  async writeIntent(shard: KnownShard<Memory>, next: Memory, headline: string): Promise<IntentResult<Memory>> {
    return this.#failing(() => this.#write(shard, next, headline));
  }

  async writeOutcome(shard: KnownShard<Memory>, next: Memory, headline: string): Promise<OutcomeResult<Memory>> {
    let [base, ours] = [shard, next];
    for (let tries = 0; tries < MAX_MERGES; tries++) {
      const result = await this.#failing(() => this.#write(base, ours, headline));
      if (result.kind !== 'conflict') return result;
      ours = this.#deps.format.merge({base: base.memory, ours, theirs: result.shard.memory});
      base = result.shard;
      await this.#pause(tries);
    }
    return {
      kind: 'failed',
      reason: `${branchOf(shard.shard)} was written by other runs in each of ${MAX_MERGES} attempts.`,
    };
  }

  /** A conflict returns the current shard. The nonce identifies a write whose response was lost. */
  async #write(shard: KnownShard<Memory>, next: Memory, headline: string): Promise<IntentResult<Memory>> {
    const nonce = `${this.#deps.run.name}/${++this.#writes}`;
    for (let tries = 0; tries < MAX_SENDS; tries++) {
      const result = await this.#send(shard, next, {headline, nonce});
      if (result.kind === 'written') return written(shard, next, result.head);
      const isConflict = result.kind === 'conflict';
      const found = await this.#readAfter(
        shard,
        nonce,
        isConflict ? {first: 0, count: MAX_READS} : {first: tries, count: 1},
      );
      // Safe to repeat, even if the first request is still in transit: only one write can succeed on the same head.
      if (found === 'unchanged') continue;
      if ('unavailable' in found) return {kind: 'failed', reason: found.unavailable};
      return 'oursAt' in found ? written(shard, next, found.oursAt) : {kind: 'conflict', shard: found};
    }
    return {
      kind: 'failed',
      reason: `GitHub did not confirm a write to ${branchOf(shard.shard)} in any of ${MAX_SENDS} attempts. Re-run this job. This is safe.`,
    };
  }

  #send({shard, head}: KnownShard<Memory>, next: Memory, {headline, nonce}: {headline: string; nonce: string}) {
    const {branches, format, run} = this.#deps;
    const text = format.serialize(next);
    const message = {headline: `${headline} [skip ci]`, body: `${run.url}\n${nonceLine(nonce)}`};
    return head === undefined ? branches.create({shard, text, message}) : branches.commit({shard, head, text, message});
  }

  /**
   * Reads the shard after a write that was rejected or not confirmed. GitHub's reads can lag behind its writes, so an old head
   * does not prove anything.
   */
  async #readAfter(
    before: KnownShard<Memory>,
    nonce: string,
    {first, count}: {readonly first: number; readonly count: number},
  ): Promise<ReadAfterWrite<Memory>> {
    const {branches} = this.#deps;
    for (let reads = first; reads < first + count; reads++) {
      await this.#pause(reads);
      const snapshot = (await branches.read([before.shard])).get(before.shard);
      if (snapshot?.head === undefined || snapshot.head === before.head) continue;
      // Other runs can have written on top of this commit. Their content then includes it.
      const commits = hasNonce(snapshot, nonce) ? [snapshot] : await branches.history(before.shard, HISTORY);
      const ours = commits.find(commit => hasNonce(commit, nonce));
      return ours === undefined ? this.#understand(before.shard, snapshot) : {oursAt: ours.head};
    }
    return 'unchanged';
  }

  async #understand(shard: number, snapshot: ShardSnapshot | undefined): Promise<RecalledShard<Memory>> {
    const {format, now} = this.#deps;
    if (snapshot?.head === undefined) {
      const remark = `${branchOf(shard)} does not exist, so the incident memory starts empty there.`;
      return {shard, head: undefined, memory: format.empty(shard, now()), remarks: [remark]};
    }
    const parsed =
      snapshot.text === undefined ? {invalid: 'memory.json is missing'} : format.parse(snapshot.text, shard);
    if ('memory' in parsed) {
      return {shard, head: snapshot.head, memory: parsed.memory, remarks: editRemarks(shard, snapshot)};
    }
    if ('newer' in parsed) return {shard, unavailable: newerVersion(shard, parsed.newer)};
    return this.#repair(shard, snapshot.head, parsed.invalid);
  }

  /** Uses the newest valid version in the recent commits. The next write replaces the invalid one. */
  async #repair(shard: number, head: string, problem: string): Promise<RecalledShard<Memory>> {
    for (const {text, head: oid} of await this.#deps.branches.history(shard, HISTORY)) {
      const parsed = text === undefined ? undefined : this.#deps.format.parse(text, shard);
      if (parsed !== undefined && 'newer' in parsed) return {shard, unavailable: newerVersion(shard, parsed.newer)};
      if (parsed === undefined || !('memory' in parsed)) continue;
      const remark = `${branchOf(shard)} cannot be read: ${problem}. Used version ${oid?.slice(0, 7)} instead.`;
      return {shard, head, memory: parsed.memory, remarks: [remark]};
    }
    const advice = `Restore memory.json on that branch, or delete the branch to start empty`;
    return {
      shard,
      unavailable: `${branchOf(shard)} cannot be read: ${problem}. Its last ${HISTORY} commits contain no valid version. ${advice}.`,
    };
  }

  async #failing<Result>(write: () => Promise<Result>): Promise<Result | {kind: 'failed'; reason: string}> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      return {kind: 'failed', reason: messageOf(error)};
    }
  }

  #pause(tries: number): Promise<void> {
    return this.#deps.sleep(Math.min(FIRST_PAUSE_MS * 2 ** tries, MAX_PAUSE_MS));
  }
}

function written<Memory>({shard}: KnownShard<Memory>, memory: Memory, head: string | undefined): IntentResult<Memory> {
  return {kind: 'written', shard: {shard, head, memory, remarks: []}};
}

function hasNonce({message}: ShardSnapshot, nonce: string): boolean {
  return noncesIn(message).includes(nonce);
}

/** A manual edit is accepted, and its author is reported. */
function editRemarks(shard: number, {message, author}: ShardSnapshot): string[] {
  if (noncesIn(message).length > 0) return [];
  return [`${branchOf(shard)} was edited by ${author ?? 'a person'}. The edit is applied.`];
}

function newerVersion(shard: number, version: number): string {
  return `${branchOf(shard)} was written by a later release (format ${version}). Update the action.`;
}
