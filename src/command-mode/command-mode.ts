/** The main function of `mode: command`: read the issue → check its author → parse the command → write the memory → answer. */
import {readFileSync} from 'node:fs';
import type {World} from '../base/deps.ts';
import {ConfigError, messageOf, ReactorError} from '../base/errors.ts';
import type {Run} from '../base/run.ts';
import {logText} from '../base/text/show.ts';
import {parseJson} from '../change/event/incoming.ts';
import {createIssues, type Issues} from '../clients/github/issues.ts';
import {createMemoryBranches} from '../clients/memory/branches.ts';
import {createPortClient, type PortCredentials} from '../clients/port.ts';
import {entityOf} from '../incident-view/incident-entity.ts';
import {showInPort} from '../incident-view/show-in-port.ts';
import type {Memory} from '../memory/format/format.ts';
import {SHARD_FORMAT} from '../memory/format/shard-format.ts';
import {createShardStore, type ShardStore} from '../memory/store/shard-store.ts';
import {reportFailure} from '../report/report-failure.ts';
import {summaryHtml} from '../report/summary-html.ts';
import type {Rules} from '../rules/rules.ts';
import type {Loaded} from '../rules/yaml/load-yaml.ts';
import {applyInMemory} from './apply-in-memory.ts';
import {type CommandResult, commandSentence, renderComment} from './comment.ts';
import {type FormCommand, parseForm} from './parse-form.ts';
import {type Issue, readIssue} from './read-issue.ts';

/** The part of the action's inputs that this mode uses. */
interface CommandInputs {
  readonly dryRun: boolean;
  readonly githubToken: string | undefined;
  readonly port: PortCredentials | undefined;
  readonly memory: {
    readonly isOn: boolean;
    readonly token: string | undefined;
    readonly repository: string | undefined;
  };
}

type CommandWorld = Pick<World, 'core' | 'env' | 'fetch' | 'now' | 'sleep'>;

export interface CommandOptions {
  readonly inputs: CommandInputs;
  readonly run: Run;
  readonly loaded: Loaded<Rules>;
}

/**
 * Runs the command of an issue. The step is red if it is not known whether the command took effect, or if the issue could not be
 * answered. A refused command is answered, and the step is green.
 * Never rejects, because the error classes of this bundle are not those of the caller.
 */
export async function commandMode(options: CommandOptions, world: CommandWorld): Promise<void> {
  try {
    await runCommand(options, world);
  } catch (error) {
    reportFailure(error, world.core, world.env);
  }
}

/** @throws {ReactorError} if the event has no issue that can be answered */
async function runCommand({inputs, run, loaded}: CommandOptions, world: CommandWorld): Promise<void> {
  const {githubToken: token, memory, dryRun} = inputs;
  const issue = readIssue(readEvent(run.eventPath), world.now());
  if (token === undefined || memory.token === undefined) throw unusable('The token is missing', NEEDS_TOKEN);
  const {apiUrl, graphqlUrl, repository} = run;
  const {fetch, sleep, now} = world;
  const issues = createIssues({repository, token, apiUrl}, fetch);
  const settings = {repository: memory.repository ?? repository, token: memory.token, apiUrl, graphqlUrl};
  const branches = createMemoryBranches(settings, {fetch, sleep});
  const store = createShardStore({branches, format: SHARD_FORMAT, now, sleep, run});
  const obstacle = memory.isOn ? loaded.error?.message : 'the memory is off: remove `memory: off` from the workflow';
  const verdict =
    !memory.isOn || loaded.value === undefined
      ? ({kind: 'failed', reason: obstacle ?? 'there are no rules'} as const)
      : await decide({issue, issues, store, rules: loaded.value, nowMs: now(), dryRun});
  const unanswered = dryRun ? [] : await answer(issue, verdict, {issues, runUrl: run.url});
  const unshown = await show(verdict, {inputs, run, rules: loaded.value}, world);
  for (const remark of unshown) world.core.warning(logText(remark));
  report(verdict, unanswered, {core: world.core, run, dryRun});
}

interface Showing {
  readonly inputs: CommandInputs;
  readonly run: Run;
  readonly rules: Rules | undefined;
}

/** Updates the incident's entity in Port, if the rules set one up. */
async function show(verdict: CommandResult, {inputs, run, rules}: Showing, {fetch, sleep, now}: CommandWorld) {
  if (verdict.kind !== 'done' || inputs.port === undefined || rules?.incidents === undefined) return [];
  const entity = entityOf(verdict.incident, {now: Math.floor(now() / 1000), runUrl: run.url});
  return showInPort(rules.incidents.blueprint, [entity], createPortClient(inputs.port, {fetch, sleep}));
}

const NEEDS_TOKEN =
  'Add `permissions: { contents: write, issues: write }` to the job, and keep the default of the input `github-token`.';

function unusable(summary: string, message: string): ConfigError {
  return new ConfigError(`${summary}, so the command cannot be run.`, [{message}]);
}

function readEvent(path: string | undefined): unknown {
  if (path === undefined) throw unusable('GITHUB_EVENT_PATH is not set', 'Run the action on GitHub, in a workflow.');
  return parseJson(readFileSync(path, 'utf8'), 'The file in GITHUB_EVENT_PATH');
}

interface Deciding {
  readonly issue: Issue;
  readonly issues: Issues;
  readonly store: ShardStore<Memory>;
  readonly rules: Rules;
  readonly nowMs: number;
  readonly dryRun: boolean;
}

/** An author without permission learns nothing about incidents. Never rejects for a response of GitHub. */
async function decide({issue, issues, store, rules, nowMs, dryRun}: Deciding): Promise<CommandResult> {
  const {author: by, createdAtMs} = issue;
  try {
    if (!(await issues.canTriage(by))) return {kind: 'refused', reasons: [`${by} ${NOT_PERMITTED}`]};
  } catch (error) {
    if (!(error instanceof ReactorError)) throw error;
    return {kind: 'failed', reason: `the permission of ${by} could not be checked: ${messageOf(error)}`};
  }
  const parsed = parseForm(issue.body, {createdAtMs, nowMs});
  if ('mistakes' in parsed) return {kind: 'refused', reasons: parsed.mistakes};
  const {command} = parsed;
  if (dryRun) return {kind: 'refused', reasons: [`This is a dry run. It would ${command.do} ${command.incident}.`]};
  const written = await applyInMemory(store, rules, {...command, by, at: Math.floor(nowMs / 1000)});
  if ('failed' in written) return {kind: 'failed', reason: written.failed};
  const {result, incident} = written;
  if (incident === undefined) return {kind: 'refused', reasons: [unknown(command)]};
  return result === 'closed' ? {kind: 'refused', reasons: [over(command)]} : {kind: 'done', command, incident};
}

const NOT_PERMITTED = 'cannot do this: it needs the triage role or higher in this repository.';

function unknown({incident}: FormCommand): string {
  return `There is no incident ${incident}. It may be closed and deleted. Compare the six characters with the message in Slack.`;
}

function over({incident}: FormCommand): string {
  return `Incident ${incident} is already closed.`;
}

interface Answering {
  readonly issues: Issues;
  readonly runUrl: string;
}

/** A failed command stays open, so that people see it. @returns why the issue could not be answered, closed or locked */
async function answer({number}: Issue, verdict: CommandResult, {issues, runUrl}: Answering): Promise<string[]> {
  const steps = [
    ['answered', () => issues.comment(number, renderComment(verdict, runUrl))],
    ['closed', () => issues.close(number, verdict.kind === 'done' ? 'completed' : 'not_planned')],
    ['locked', () => issues.lock(number)],
  ] as const;
  const failures: string[] = [];
  for (const [what, act] of verdict.kind === 'failed' ? steps.slice(0, 1) : steps) {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ReactorError)) throw error;
      failures.push(`Issue ${number} could not be ${what}: ${messageOf(error)}`);
    }
  }
  return failures;
}

interface Reporting {
  readonly core: World['core'];
  readonly run: Run;
  readonly dryRun: boolean;
}

function report(verdict: CommandResult, unanswered: readonly string[], {core, run, dryRun}: Reporting): void {
  const failures = [...(verdict.kind === 'failed' ? [commandSentence(verdict)] : []), ...unanswered];
  if (verdict.kind !== 'failed') core.info(logText(commandSentence(verdict)));
  core.setOutput('outcome', outcomeOf(verdict, failures, dryRun));
  for (const [name, value] of Object.entries(EMPTY)) core.setOutput(name, value);
  if (run.hasSummary) core.appendSummary(`${summaryHtml`<p>${commandSentence(verdict)}</p>`.markup}\n`);
  if (failures.length > 0) core.setFailed(failures.map(logText).join('\n'));
}

/** Values that `fromJSON` in a later step can read. */
const EMPTY = {reactions: '[]', remediations: '[]', 'remediations-by-job': '{}'};

function outcomeOf({kind}: CommandResult, failures: readonly string[], dryRun: boolean): string {
  if (failures.length > 0) return 'failed';
  if (dryRun) return 'dry-run';
  return kind === 'done' ? 'reacted' : 'nothing';
}
