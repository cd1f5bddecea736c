/** A fake of GitHub Actions: turns dispatches into runs. Runs of one concurrency group run one after the other. */
import {join} from 'node:path';
import type {Now} from '../../base/deps.ts';
import {messageOf} from '../../base/errors.ts';
import type {Children} from '../children.ts';
import type {History, RecordedDispatch, RecordedRun} from '../history.ts';
import {runFolder} from '../page/run-link.ts';
import {type JobResult, type RunnerSettings, runJob} from './runner.ts';
import type {FakeSlack} from './slack.ts';

export interface ActionsDeps {
  readonly history: History;
  readonly slack: FakeSlack;
  readonly children: Children;
  readonly now: Now;
}

/**
 * Accepts a dispatch at once. Its run continues in the background, and the history records it.
 * @param outDir contains a folder for each run, {@link runFolder}
 */
export function createActions(
  settings: RunnerSettings,
  outDir: string,
  deps: ActionsDeps,
): (dispatch: RecordedDispatch) => void {
  const {history} = deps;
  const groups = new Map<string, Promise<void>>();
  let lastId = 0;
  return dispatch => {
    lastId += 1;
    const run = queuedRun(lastId, dispatch, deps.now());
    history.put(run);
    const before = groups.get(run.group) ?? Promise.resolve();
    groups.set(
      run.group,
      before.then(() => execute(run, {...settings, outDir}, deps)),
    );
  };
}

/** Uses the `run-name` and `concurrency` of the sample workflow. */
function queuedRun(id: number, dispatch: RecordedDispatch, nowMs: number): RecordedRun {
  const {title, partition} = dispatch.payload;
  return {
    id,
    title: typeof title === 'string' && title !== '' ? title : 'Port Reactor',
    dispatch,
    group: `port-reactor-partition-${String(partition ?? '')}`,
    queuedAtMs: nowMs,
    state: 'queued',
  };
}

async function execute(
  run: RecordedRun,
  {outDir, ...settings}: RunnerSettings & {readonly outDir: string},
  deps: ActionsDeps,
): Promise<void> {
  const {history, slack, children, now} = deps;
  history.put({...run, state: 'in progress'});
  const startedAtMs = now();
  const {url, posts} = slack.createWebhook();
  const folder = join(outDir, runFolder(run.id), 'job');
  const job = {id: run.id, dispatch: run.dispatch, folder, slackUrl: url};
  const result = await runJob(job, settings, children).catch(couldNotRun);
  const ended = {...result, posts, endedAtMs: now(), durationMs: now() - startedAtMs};
  history.put({...run, state: result.exitCode === 0 ? 'success' : 'failure', ended});
}

/** The result of a run that could not start, for example because the disk is full. The demo continues. */
function couldNotRun(error: unknown): JobResult {
  const log = [{kind: 'error', text: `The job could not be run: ${messageOf(error)}`} as const];
  return {exitCode: null, event: null, log, outputs: {}, summary: '', record: ''};
}
