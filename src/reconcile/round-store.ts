/** Reconcile: stores a round in `reconcile.json` on the branch of the first shard, with compare-and-swap. */
import type {Sleep} from '../base/deps.ts';
import {messageOf} from '../base/errors.ts';
import type {MemoryBranches} from '../clients/memory/branches.ts';
import {MemoryError} from '../clients/memory/calls.ts';
import {branchOf} from '../clients/memory/shard.ts';
import {emptyMemory} from '../memory/format/format.ts';
import {serialize} from '../memory/format/serialize.ts';
import {parseRound, type Round, serializeRound} from './round.ts';

const ROUND_FILE = 'reconcile.json';
const SHARD = 0;

/** The last round, and the commit that it was read from. */
export interface KnownRound {
  readonly head: string | undefined;
  readonly round: Round | undefined;
  readonly remarks: readonly string[];
}

/** @throws {MemoryError} */
export async function readRound(branches: MemoryBranches): Promise<KnownRound> {
  const snapshot = (await branches.read([SHARD], ROUND_FILE)).get(SHARD);
  const {head, text} = snapshot ?? {};
  const round = text === undefined ? undefined : parseRound(text);
  const isBroken = text !== undefined && round === undefined;
  const remark = `${ROUND_FILE} on ${branchOf(SHARD)} cannot be read. It is replaced, and its list of dispatched changes is lost.`;
  return {head, round, remarks: isBroken ? [remark] : []};
}

interface WriteDeps {
  readonly branches: MemoryBranches;
  readonly sleep: Sleep;
  readonly nowMs: number;
  readonly run: {readonly name: string; readonly url: string};
}

const MAX_TRIES = 6;
const PAUSE_MS = 300;

/**
 * Never rejects for a response from GitHub.
 * @param next returns the round to write, based on the stored round, which another command may have written in the meantime
 * @returns a sentence that explains why it could not be written. Undefined if it was written
 */
export async function writeRound(
  known: KnownRound,
  next: (theirs: Round | undefined) => Round,
  {branches, sleep, nowMs, run}: WriteDeps,
): Promise<string | undefined> {
  let {head, round} = known;
  try {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const written = next(round);
      const text = serializeRound(written);
      // The nonce distinguishes the commit from a person's commit.
      const message = {headline: headlineOf(written), body: `${run.url}\nnonce: ${run.name}/reconcile/${tries}`};
      const result =
        head === undefined
          ? await branches.create({
              ...{shard: SHARD, text: serialize(emptyMemory(SHARD, nowMs)), message},
              extraFile: {file: ROUND_FILE, text},
            })
          : await branches.commit({shard: SHARD, head, text, message, file: ROUND_FILE});
      if (result.kind === 'written') return undefined;
      await sleep(PAUSE_MS * tries);
      ({head, round} = await readRound(branches));
      if (round !== undefined && serializeRound(round) === text) return undefined; // written, but the response was lost
    }
    return `The result was not saved: another process updated ${branchOf(SHARD)} during each of ${MAX_TRIES} attempts.`;
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
    return `The result was not saved: ${messageOf(error)}`;
  }
}

/** Contains no text of the catalog. */
function headlineOf({changes, missing}: Round): string {
  return `Reconcile: ${changes} changes, ${missing} missing [skip ci]`;
}
