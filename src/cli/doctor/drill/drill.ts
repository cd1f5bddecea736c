/** The drill: sends a marked change through the relay to a run, and measures the time of each hop. */

import type {Fetch, Now, Sleep} from '../../../base/deps.ts';
import {messageOf, NetworkError} from '../../../base/errors.ts';
import {isObject} from '../../../base/json.ts';
import {oneLine, showDuration, showValue} from '../../../base/text/show.ts';
import {drillEvent} from '../../../change/drill.ts';
import {describeResponse} from '../../../clients/github/response.ts';
import {postWebhook, type RelayAnswer} from '../../send/post-webhook.ts';
import {isAccepted, renderRelayAnswer} from '../../send/relay-answer.ts';
import {isDirect} from '../checks/check-relay.ts';
import {type Finding, failed, notChecked, ok, withFullStop} from '../finding.ts';
import {type GitHubApi, listIn} from '../github-api.ts';

/** Milliseconds since the drill was sent. GitHub's times have whole seconds. */
export interface DrillTimes {
  readonly answered?: number;
  readonly created?: number;
  readonly started?: number;
  readonly finished?: number;
}

export interface DrillResult {
  readonly id: string;
  /** The page of the run. Absent if it was not found. */
  readonly run?: string;
  readonly afterMs: DrillTimes;
  readonly finding: Finding;
}

export interface DrillQuestion {
  /** The webhook URL of the relay. */
  readonly url: string;
  readonly secret: string;
  readonly api: GitHubApi;
  /** How far GitHub's clock is ahead of the local clock. */
  readonly aheadMs: () => number | undefined;
}

export interface DrillDeps {
  readonly fetch: Fetch;
  readonly now: Now;
  readonly sleep: Sleep;
}

const POLL_MS = 2_000;
/** GitHub creates a run within seconds. After one minute, no run is expected. */
const POLLS_TO_CREATE = 30;
/** Once a runner is free, the sample workflow finishes within one minute. */
const POLLS_TO_FINISH = 150;
/** After these polls, a single new run is assumed to be that of the drill, because a workflow can name its runs differently. */
const POLLS_BY_NAME = 8;

/** Errors of the relay and of GitHub become findings. */
export async function drill(question: DrillQuestion, deps: DrillDeps): Promise<DrillResult> {
  const sentMs = deps.now();
  const id = `port-reactor-drill-${sentMs.toString(36)}`;
  const progress: DrillProgress = {id, sentMs, afterMs: {}};
  try {
    return {id, ...(await followDrill(progress, question, deps))};
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    const finding = failed(
      `The drill ${id} could not be followed: ${withFullStop(messageOf(error))}`,
      'Check the network and run doctor again.',
    );
    return {id, afterMs: progress.afterMs, ...(progress.run === undefined ? {} : {run: progress.run}), finding};
  }
}

/** The progress of the drill. */
interface DrillProgress {
  readonly id: string;
  readonly sentMs: number;
  afterMs: DrillTimes;
  run?: string;
}

type End = Omit<DrillResult, 'id'>;

async function followDrill(progress: DrillProgress, question: DrillQuestion, deps: DrillDeps): Promise<End> {
  const {url, secret, api, aheadMs} = question;
  const end = (finding: Finding): End => ({
    afterMs: progress.afterMs,
    ...(progress.run === undefined ? {} : {run: progress.run}),
    finding,
  });
  const before = await listRuns(api);
  const body = JSON.stringify(drillEvent(progress.id, new Date(deps.now()).toISOString()));
  const postedMs = deps.now();
  const answer = await postWebhook({url, body, secret}, deps);
  const since = (at: unknown) => Math.max(0, Date.parse(String(at)) - postedMs - (aheadMs() ?? 0));
  progress.afterMs = {answered: deps.now() - postedMs};
  // A smee channel answers before the relay has received the drill.
  const isTaken = answer.status === 202 || (!isDirect(url) && isAccepted(answer));
  const refusal = isTaken ? undefined : refusalIn(answer, progress.id);
  if (refusal !== undefined) return end(refusal);
  if ('refused' in before) {
    return end(
      notChecked(
        `the relay accepted the drill, but its run is not visible: ${before.refused}. Give the token Actions: read`,
      ),
    );
  }

  const run = await findRun({drill: progress.id, before: new Set(before.runs.map(({id}) => id))}, api, deps.sleep);
  if (run === undefined)
    return end(failed(`GitHub accepted the drill ${progress.id}, but created no run within one minute.`, NO_RUN));
  progress.run = String(run['html_url'] ?? '');
  progress.afterMs = {...progress.afterMs, created: since(run['created_at'])};

  const finished = await waitForEnd(run, api, deps.sleep);
  const startedAt = await startOf(run['id'], api);
  if (startedAt !== undefined) progress.afterMs = {...progress.afterMs, started: since(startedAt)};
  if (finished === undefined) return end(unfinished(startedAt !== undefined));
  progress.afterMs = {...progress.afterMs, finished: since(finished['updated_at'])};
  return end(verdictOn(finished['conclusion'], progress));
}

type Run = Readonly<Record<string, unknown>>;

/** @see https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
async function listRuns(api: GitHubApi): Promise<{readonly runs: readonly Run[]} | {readonly refused: string}> {
  const answer = await api.get('actions/runs?event=repository_dispatch&per_page=50');
  if (answer.status === 200) return {runs: listIn(answer, 'workflow_runs')};
  // GitHub also answers 404 if the token cannot see the repository.
  if (answer.limit === undefined && [401, 403, 404].includes(answer.status)) return {refused: describeResponse(answer)};
  throw new NetworkError(describeResponse(answer));
}

/** Empty if GitHub does not answer. The next request can succeed. */
async function recentRuns(api: GitHubApi): Promise<readonly Run[]> {
  try {
    const listed = await listRuns(api);
    return 'runs' in listed ? listed.runs : [];
  } catch (error) {
    if (error instanceof NetworkError) return [];
    throw error;
  }
}

async function findRun(
  {drill, before}: {readonly drill: string; readonly before: ReadonlySet<unknown>},
  api: GitHubApi,
  sleep: Sleep,
): Promise<Run | undefined> {
  for (let polls = 1; polls <= POLLS_TO_CREATE; polls++) {
    const fresh = (await recentRuns(api)).filter(({id}) => !before.has(id));
    const named = fresh.find(({display_title, name}) =>
      [display_title, name].some(text => String(text).includes(drill)),
    );
    if (named !== undefined) return named;
    if (polls >= POLLS_BY_NAME && fresh.length === 1) return fresh[0];
    await sleep(POLL_MS);
  }
  return undefined;
}

async function waitForEnd({id}: Run, api: GitHubApi, sleep: Sleep): Promise<Run | undefined> {
  for (let polls = 1; polls <= POLLS_TO_FINISH; polls++) {
    const run = await currentRun(id, api);
    if (run?.['status'] === 'completed') return run;
    await sleep(POLL_MS);
  }
  return undefined;
}

/** @see https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run */
async function currentRun(id: unknown, api: GitHubApi): Promise<Run | undefined> {
  try {
    const {status, json} = await api.get(`actions/runs/${String(id)}`);
    if (status === 200 && isObject(json)) return json;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
  }
  return (await recentRuns(api)).find(one => one['id'] === id);
}

/** When the first job of the run started. @see https://docs.github.com/en/rest/actions/workflow-jobs */
async function startOf(run: unknown, api: GitHubApi): Promise<string | undefined> {
  const jobs = listIn(await api.get(`actions/runs/${String(run)}/jobs`), 'jobs');
  const times = jobs.flatMap(({started_at: at, status}) => (typeof at === 'string' && status !== 'queued' ? [at] : []));
  return times.toSorted()[0];
}

const NO_RUN =
  'See "Workflow on the default branch" and "Workflow enabled". If both are ok, see https://www.githubstatus.com and the policies for Actions (docs/github-credentials.md).';

function refusalIn(answer: RelayAnswer, id: string): Finding {
  const reason = isObject(answer.answer) ? showValue(answer.answer['reason'], 200) : '';
  if (answer.status === 200) {
    return failed(
      `The relay ignored the drill ${id}: ${withFullStop(reason)}`,
      'Update the relay to the release of this command. Older releases do not support drills.',
    );
  }
  const reply = oneLine(renderRelayAnswer(answer, undefined).replaceAll('\n', ' '));
  return failed(
    `The relay answered the drill ${id} with ${reply}`,
    'Fix the problem that the relay reports. Its log has details.',
  );
}

function unfinished(hasStarted: boolean): Finding {
  const minutes = (POLLS_TO_FINISH * POLL_MS) / 60_000;
  if (hasStarted)
    return failed(
      `The run of the drill has not finished after ${minutes} minutes.`,
      'Open the run and check which step does not finish.',
    );
  return failed(
    `The run of the drill has waited for more than ${minutes} minutes, and none of its jobs has started.`,
    'Open the run. Another run of its partition may be stuck, or no runner is free.',
  );
}

function verdictOn(conclusion: unknown, {afterMs, run}: DrillProgress): Finding {
  const story = describeDrill(afterMs);
  if (conclusion === 'success') return ok(`${story}: ${run}`);
  return failed(
    `${story}. It ended with ${showValue(conclusion, 40)}: ${run}`,
    'Open the run. Its first failed step shows the reason. If the action does not support `source: drill`, update it.',
  );
}

/** Describes the time of each hop. */
function describeDrill({answered, created, started, finished}: DrillTimes): string {
  const parts = [
    ['the relay answered', answered],
    ['the run was created', created],
    ['its job started', started],
    ['it finished', finished],
  ] as const;
  const known = parts.flatMap(([what, ms]) => (ms === undefined ? [] : [`${what} after ${showDuration(ms)}`]));
  const text = known.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
