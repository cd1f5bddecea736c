/** Checks that the branches of the incident memory can be read and written. */

import type {Fetch, Sleep} from '../../../base/deps.ts';
import {isReactorError, messageOf} from '../../../base/errors.ts';
import {describeResponse} from '../../../clients/github/response.ts';
import {createMemoryBranches, type MemoryBranches} from '../../../clients/memory/branches.ts';
import type {MemoryBranchesSettings} from '../../../clients/memory/calls.ts';
import {branchOf, type ShardSnapshot} from '../../../clients/memory/shard.ts';
import {parseMemory} from '../../../memory/format/parse.ts';
import {ALL_SHARDS} from '../../../memory/format/shards.ts';
import {type Finding, failed, ok} from '../finding.ts';
import type {GitHubApi} from '../github-api.ts';

/** No commit has this SHA, so GitHub rejects a commit on top of it, and a branch that points to it. */
const NO_COMMIT = '0'.repeat(40);
const PERMISSION = 'Give the job of the workflow, and this token, Contents: write on the repository of the memory.';

/** Writes nothing. It sends a write that GitHub must reject, and checks the reason. */
export async function checkMemory(
  settings: MemoryBranchesSettings,
  api: GitHubApi,
  deps: {readonly fetch: Fetch; readonly sleep: Sleep},
): Promise<readonly Finding[]> {
  const branches = createMemoryBranches(settings, deps);
  try {
    const snapshots = [...(await branches.read(ALL_SHARDS))].filter(([, {head}]) => head !== undefined);
    const refused = await whyRefused(snapshots, branches, api);
    if (refused !== undefined) return [failed(`The incident memory cannot be written: ${refused}`, PERMISSION)];
    const corrupt = snapshots.flatMap(([shard, {text}]) => mistakeIn(text, shard) ?? []);
    if (corrupt.length > 0) return corrupt;
    const size = snapshots.length === 0 ? 'It is empty' : `Shards in use: ${snapshots.length}`;
    return [ok(`The incident memory in ${settings.repository} can be read and written. ${size}.`)];
  } catch (error) {
    if (!isReactorError(error)) throw error;
    return [failed(`The incident memory cannot be used: ${messageOf(error)}`, PERMISSION)];
  }
}

type Shard = readonly [number, ShardSnapshot];

async function whyRefused(snapshots: readonly Shard[], branches: MemoryBranches, api: GitHubApi) {
  const [shard, snapshot] = snapshots.find(([, {text}]) => text !== undefined) ?? [];
  if (shard === undefined || snapshot?.text === undefined) return tryToCreate(api);
  return tryToCommit(branches, shard, snapshot.text);
}

/** GitHub checks the permission before the commit. @param text the current content, so that even a bug cannot lose it */
async function tryToCommit(branches: MemoryBranches, shard: number, text: string): Promise<string | undefined> {
  try {
    const message = {headline: 'port-reactor doctor [skip ci]', body: ''};
    const {kind} = await branches.commit({shard, head: NO_COMMIT, text, message});
    return kind === 'unknown' ? 'GitHub did not answer.' : undefined;
  } catch (error) {
    if (!isReactorError(error)) throw error;
    return messageOf(error);
  }
}

/** @see https://docs.github.com/en/rest/git/refs#create-a-reference */
async function tryToCreate(api: GitHubApi): Promise<string | undefined> {
  const answer = await api.post('git/refs', {ref: `refs/heads/${branchOf(0)}`, sha: NO_COMMIT});
  const isAllowed = answer.status === 422 && !/rule violation/i.test(answer.message);
  return isAllowed ? undefined : `${describeResponse(answer)} to a new branch ${branchOf(0)}.`;
}

function mistakeIn(text: string | undefined, shard: number): Finding | undefined {
  const parsed = text === undefined ? undefined : parseMemory(text, shard);
  if (parsed?.kind === 'memory') return undefined;
  if (parsed?.kind !== 'newer') return broken(shard);
  const sentence = `memory.json on ${branchOf(shard)} has version ${parsed.version}, which this release does not support.`;
  return failed(sentence, 'Update the action and this command to the release that wrote it.');
}

function broken(shard: number): Finding {
  const sentence = `memory.json on ${branchOf(shard)} is missing or not valid. Until it is repaired, no script runs for its entities.`;
  return failed(
    sentence,
    'See "What happens if it fails" in docs/incident-memory.md: revert the last commit of the branch.',
  );
}
