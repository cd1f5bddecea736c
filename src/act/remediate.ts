/** Act: runs planned remediations, one after the other, each only while its reason still stands. */
import {randomUUID} from 'node:crypto';
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Change, propertyOf} from '../change/change.ts';
import type {Transition} from '../change/transition.ts';
import type {PortClient} from '../clients/port.ts';
import type {Match, Remediation} from '../decide/plan.ts';
import {showSide} from '../decide/show-side.ts';
import type {Now} from '../deps.ts';
import {messageOf} from '../errors.ts';
import {createRedact} from '../redact.ts';
import type {Run} from '../run.ts';
import {secretsOfVariable} from '../secrets.ts';
import {logText} from '../text.ts';
import type {Outcome} from './outcome.ts';
import {runScript} from './script.ts';
import {scriptEnv} from './script-env.ts';
import {stillStands} from './still-stands.ts';

export interface RemediateDeps {
  readonly run: Run;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** With credentials the entity is read anew before a script runs. */
  readonly port: PortClient | undefined;
  readonly secrets: readonly string[];
  /** Has the runner mask a secret in the log of the job. */
  readonly mask: (secret: string) => void;
  readonly write: (text: string) => void;
  readonly now: Now;
  /** Aborts when the step is told to end. */
  readonly cancelled: AbortSignal;
}

/** Runs them in order; one that fails never hides the next, but a cancelled run starts no other. Never rejects. */
export async function remediate(remediations: readonly Remediation[], deps: RemediateDeps): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let isCancelled = false;
  for (const remediation of remediations) {
    isCancelled ||= deps.cancelled.aborted;
    const result: Result = isCancelled ? failed(remediation, CANCELLED) : await remediateOne(remediation, deps);
    const {cancelled = false, ...outcome} = result;
    isCancelled ||= cancelled;
    outcomes.push(outcome);
  }
  return outcomes;
}

const CANCELLED = 'was not run: the workflow run was cancelled';

type Result = Outcome & {readonly cancelled?: boolean};

async function remediateOne(remediation: Remediation, deps: RemediateDeps): Promise<Result> {
  const {match, run} = remediation;
  try {
    const recovered = await whyNoLonger(match, deps);
    if (recovered !== undefined) return {match, kind: 'remediation', status: 'skipped', run, detail: recovered};
    return await runIt(remediation, deps);
  } catch (error) {
    return failed(remediation, `could not be run: ${messageOf(error)}`);
  }
}

function failed({match, run}: Remediation, detail: string): Result {
  return {match, kind: 'remediation', status: 'failed', run, detail};
}

/** Why the remediation is no longer due: minutes may lie between a change and its run. Undefined where nobody can tell. */
async function whyNoLonger({rule, change, transition}: Match, deps: RemediateDeps): Promise<string | undefined> {
  if (deps.port === undefined || transition === undefined || !canBeCompared(change, transition)) return undefined;
  const goOn = (why: string) => deps.write(`${logText(`${why}; going on with ${change.entity} as it came.`)}\n`);
  try {
    const properties = await deps.port.getEntity(change.blueprint, change.entity);
    if (properties === undefined)
      return void goOn('Port does not show the entity any more, or not to these credentials');
    if (stillStands(rule, transition, properties)) return undefined;
    const current = showSide(propertyOf(properties, transition.property));
    return `was not run: ${transition.property} is ${current} by now, says Port`;
  } catch (error) {
    return void goOn(`The entity could not be read anew (${messageOf(error)})`);
  }
}

/** Only what was written as the value that it is now. */
function canBeCompared({action, truncated}: Change, {property}: Transition): boolean {
  return (action === 'CREATE' || action === 'UPDATE') && !truncated?.includes(`after.properties.${property}`);
}

/** The runner blanks a shorter text in the whole log of the job, where it stands in many words. */
const MIN_MASK = 4;

async function runIt(remediation: Remediation, deps: RemediateDeps): Promise<Result> {
  if (deps.cancelled.aborted) return failed(remediation, CANCELLED);
  const {match, run, remediate: settings} = remediation;
  const {workspace, tempDir} = deps.run;
  const passed = settings.pass.flatMap(name => secretsOfVariable(name, deps.env[name] ?? ''));
  for (const secret of passed) if (secret.length >= MIN_MASK) deps.mask(secret);
  const hide = createRedact([...deps.secrets, ...passed]);
  const env = scriptEnv(deps.env, match, settings, writeChange(match, tempDir));
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

/** The change as JSON, in a folder of its own that only this user can read. */
function writeChange({change}: Match, tempDir: string): string {
  mkdirSync(tempDir, {recursive: true});
  const path = join(mkdtempSync(join(tempDir, 'change-')), 'change.json');
  writeFileSync(path, `${JSON.stringify(change, null, 2)}\n`, {mode: 0o600});
  return path;
}

/**
 * Shows a script's output as a group of the log in which the runner obeys no workflow command, in neither of its two
 * syntaxes: the token that ends this can't be guessed.
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
