/** Checks of the incident memory: whether its branches can be read and written, and whether a ruleset is in the way. */
import type {Fetch, Sleep} from '../../base/deps.ts';
import {isReactorError, messageOf} from '../../base/errors.ts';
import {createMemoryBranches, type MemoryBranches} from '../../clients/memory/branches.ts';
import type {MemoryBranchesSettings} from '../../clients/memory/calls.ts';
import {branchOf, type ShardSnapshot} from '../../clients/memory/shard.ts';
import {parseMemory} from '../../memory/format/parse.ts';
import {ALL_SHARDS} from '../../memory/format/shards.ts';
import {type Finding, failed, ok} from './finding.ts';
import {type GitHubApi, saidIn} from './github-api.ts';

/** No commit has this name, so a write on top of it loses its race, and a branch for it is refused. */
const NO_COMMIT = '0'.repeat(40);
const PERMISSION = 'Give the job of the workflow, and the token here, Contents: write on the repository of the memory.';

/** Writes nothing: it asks for a write that GitHub must refuse, and looks at why it does. */
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

/** GitHub looks at the permission before it looks at the commit. @param text the one that is there: not even a bug can lose it */
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
  const isAllowed = answer.status === 422 && !/rule violation/i.test(answer.words);
  return isAllowed ? undefined : `${saidIn(answer)} to a new branch ${branchOf(0)}.`;
}

function mistakeIn(text: string | undefined, shard: number): Finding | undefined {
  const parsed = text === undefined ? undefined : parseMemory(text, shard);
  if (parsed?.kind === 'memory') return undefined;
  if (parsed?.kind !== 'newer') return broken(shard);
  const sentence = `memory.json on ${branchOf(shard)} has version ${parsed.version}, which this release does not know.`;
  return failed(sentence, 'Update the action and this command to the release that wrote it.');
}

function broken(shard: number): Finding {
  const sentence = `memory.json on ${branchOf(shard)} is missing or not valid: no script runs for its entities until it is repaired.`;
  return failed(
    sentence,
    'See "What happens if it fails" in docs/incident-memory.md: revert the last commit of the branch.',
  );
}
