/** Act: runs planned remediations one after the other, each only if it is still needed. */
import {randomUUID} from 'node:crypto';
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {messageOf} from '../../base/errors.ts';
import type {Run} from '../../base/run.ts';
import {logText} from '../../base/text/show.ts';
import type {Match, Remediation} from '../../decide/plan.ts';
import {createRedact} from '../../secrets/redact.ts';
import {secretsOfVariable} from '../../secrets/secrets.ts';
import type {Outcome} from '../outcome.ts';
import {createRecheck, type Recheck, type RecheckDeps} from './recheck.ts';
import {runScript} from './script.ts';
import {scriptEnv} from './script-env.ts';

export interface RemediateDeps extends RecheckDeps {
  readonly run: Run;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly secrets: readonly string[];
  /** Makes the runner mask a secret in the log of the job. */
  readonly mask: (secret: string) => void;
  readonly write: (text: string) => void;
  /** Aborts when the step is cancelled. */
  readonly cancelled: AbortSignal;
}

/**
 * Runs the remediations in order. A failure never hides the next one. After a cancellation, no further one starts. Never
 * rejects.
 */
export async function remediate(
  remediations: readonly Remediation[],
  deps: RemediateDeps,
  recheck = createRecheck(deps),
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let isCancelled = false;
  for (const remediation of remediations) {
    isCancelled ||= deps.cancelled.aborted;
    const result: Result = isCancelled
      ? unstarted(remediation, CANCELLED)
      : await remediateOne(remediation, deps, recheck);
    const {cancelled = false, ...outcome} = result;
    isCancelled ||= cancelled;
    outcomes.push(outcome);
  }
  return outcomes;
}

const CANCELLED = 'was not run: the workflow run was cancelled';

type Result = Outcome & {readonly cancelled?: boolean};

async function remediateOne(remediation: Remediation, deps: RemediateDeps, recheck: Recheck): Promise<Result> {
  const {match, run} = remediation;
  try {
    const {status, unchecked} = await recheck(match);
    if (deps.port !== undefined && unchecked !== undefined) {
      deps.write(`${logText(`${match.change.entity}: ${unchecked}. Continuing with the data of the event.`)}\n`);
    }
    const note = unchecked === undefined ? {} : {unchecked};
    if ('outdated' in status) {
      const detail = `was not run: ${status.outdated}`;
      return {match, kind: 'remediation', status: 'skipped', run, detail, isUnstarted: true, ...note};
    }
    if ('unknown' in status) return {...unstarted(remediation, `was not run: ${status.unknown}`), ...note};
    return {...(await runIt(remediation, deps)), ...note};
  } catch (error) {
    return failed(remediation, `could not be run: ${messageOf(error)}`);
  }
}

function unstarted(remediation: Remediation, detail: string): Result {
  return {...failed(remediation, detail), isUnstarted: true};
}

function failed({match, run}: Remediation, detail: string): Result {
  return {match, kind: 'remediation', status: 'failed', run, detail};
}

/** The shortest text that is masked. The runner would blank a shorter one inside many words of the job's log. */
const MIN_MASK = 4;

async function runIt(remediation: Remediation, deps: RemediateDeps): Promise<Result> {
  if (deps.cancelled.aborted) return unstarted(remediation, CANCELLED);
  const {match, run, remediate: settings} = remediation;
  const {workspace, tempDir} = deps.run;
  const passed = settings.pass.flatMap(name => secretsOfVariable(name, deps.env[name] ?? ''));
  for (const secret of passed) if (secret.length >= MIN_MASK) deps.mask(secret);
  const hide = createRedact([...deps.secrets, ...passed]);
  const env = scriptEnv(deps.env, {match, remediate: settings, changePath: writeChange(match, tempDir)});
  const title = `${run} for ${match.change.entity} (rule ${match.rule.name})`;
  const {succeeded, output, detail, ...result} = await withoutCommands(title, deps.write, () =>
    runScript({run, workspace, env, timeoutMs: settings.timeoutMs, write: deps.write, mask: hide, now: deps.now}),
  );
  return {
    match,
    kind: 'remediation',
    status: succeeded ? 'done' : 'failed',
    run,
    ...result,
    detail: hide(detail),
    output: hide(output),
  };
}

/** The change as JSON, in a new folder that only this user can read. */
function writeChange({change}: Match, tempDir: string): string {
  mkdirSync(tempDir, {recursive: true});
  const path = join(mkdtempSync(join(tempDir, 'change-')), 'change.json');
  writeFileSync(path, `${JSON.stringify(change, null, 2)}\n`, {mode: 0o600});
  return path;
}

/**
 * Shows a script's output as a group of the log. The runner executes no workflow command in it, in either syntax. The token
 * that ends this mode cannot be guessed.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
 */
async function withoutCommands<T>(title: string, write: (text: string) => void, work: () => Promise<T>): Promise<T> {
  const token = randomUUID();
  write(`::group::${logText(title).replaceAll('%', '%25')}\n::stop-commands::${token}\n`);
  try {
    return await work();
  } finally {
    write(`::${token}::\n::endgroup::\n`);
  }
}
