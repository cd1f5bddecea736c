/** The command `reconcile`: verifies that every change in Port's audit log was decided, and dispatches missing ones. */

import {Command} from 'commander';
import {createSlack} from '../../act/slack/post/slack.ts';
import type {Problem} from '../../base/errors.ts';
import {isHttpUrl} from '../../base/http/url.ts';
import {printable} from '../../base/text/show.ts';
import {reconcile} from '../../reconcile/reconcile.ts';
import {classesOf, reconcileData, reconcileHeadline, sentencesOf} from '../../reconcile/render-round.ts';
import {isFullyAccounted, type ReconcileOptions, type RoundResult} from '../../reconcile/round-result.ts';
import {readRelaySettings} from '../../reconcile/settings.ts';
import {GRACE_MS, MAX_WINDOW_MS} from '../../reconcile/window.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {APP_HELP, connect, readGitHubEnv, readMemoryEnv} from '../shared/env/github-env.ts';
import {readPortEnv} from '../shared/env/port-env.ts';
import {readRulesAnywhere} from '../shared/input/rules-anywhere.ts';
import {readSpan} from '../shared/time-options.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';

interface Options {
  readonly since?: string;
  readonly alarmAfter: string;
  readonly rules?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const HELP = `
Classifies each change in Port's audit log as irrelevant (matches no rule, and ends no incident), handled (in
the ledger of the memory), superseded (older than the state in the memory), witnessed (its run in Port was
closed with a link to a workflow run) or missing. Missing changes are dispatched into their partition. If a
change is still undecided in a later round, after --alarm-after, it is dispatched again outside the queue, and
the command notifies Slack directly.

The rules are read from the local .github/port-reactor.yml. If it does not exist, they are read from the
repository on GitHub.

Environment:
  PORT_CLIENT_ID, PORT_CLIENT_SECRET  credentials of an administrator: only administrators can read the audit log
  PORT_API_URL                        https://api.port.io (default) or https://api.us.port.io
  GITHUB_REPOSITORY, GITHUB_TOKEN     the repository with the workflow, and a token with Contents: write on it
${APP_HELP}
  GITHUB_API_URL                      the API of GitHub Enterprise Server
  MEMORY_REPOSITORY, MEMORY_TOKEN     if the memory is in another repository
  REACTOR_PARTITIONS, REACTOR_EVENT_TYPE  the same values as for the relay
  SLACK_WEBHOOK_URL                   the destination of the alarm

Exit codes: 0 every change is accounted for (missing changes were dispatched now), 1 a change is still
undecided, or could not be checked, 2 invalid usage.

Examples:
  $ port-reactor reconcile --since 24h --dry-run
  $ port-reactor reconcile
  $ port-reactor reconcile --since 24h --alarm-after 15m --json | jq .missing
`;

export function createReconcileCommand(world: CliWorld): Command {
  return new Command('reconcile')
    .description("verify that every change in Port's audit log was decided, and dispatch missing changes")
    .option(
      '--since <span>',
      'the length of the window, at most 7d (default: since the last round, or 24h for the first)',
    )
    .option('--alarm-after <span>', 'the time after a dispatch within which a change must be decided', '10m')
    .option('--rules <path>', 'the rules file')
    .option('--dry-run', 'report missing changes, but send, write and close nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action((options: Options) => run(options, world));
}

/** Exits with code 1 if a change is not accounted for. @throws {UsageError} @throws {ReactorError} */
async function run(options: Options, world: CliWorld): Promise<void> {
  const {json = false} = options;
  const result = await reconcile(await readOptions(options, world), {...world, slack: createSlack(world)});
  world.write(
    json ? `${printedJson(reconcileData(result), 2)}\n` : `${render(result, world.now()).map(printable).join('\n')}\n`,
  );
  if (!json) for (const failure of result.failures) world.writeError(`${failure}\n`);
  if (!isFullyAccounted(result)) world.exitWith(1);
}

async function readOptions(options: Options, world: CliWorld): Promise<ReconcileOptions> {
  const {env, now} = world;
  const problems: Problem[] = [];
  const sinceMs = options.since === undefined ? undefined : readSpan('--since', options.since, problems);
  if (sinceMs !== undefined && sinceMs <= GRACE_MS) {
    problems.push({
      message: `--since ${options.since} is too short, because the last 10 minutes are not checked. Use more than 10m`,
    });
  }
  if (sinceMs !== undefined && sinceMs > MAX_WINDOW_MS) {
    problems.push({message: `--since ${options.since} is longer than the memory keeps changes. Use at most 7d`});
  }
  const alarmAfterMs = readSpan('--alarm-after', options.alarmAfter, problems);
  const port = readPortEnv(env, problems);
  const access = readGitHubEnv(env, problems);
  const memoryEnv = readMemoryEnv(env, problems);
  const relay = readRelaySettings(env, problems);
  const alarmTo = readSlackEnv(env, problems);
  if (problems.length > 0) throw new UsageError('reconcile', problems);
  const {github, memory} = await connect({access, memory: memoryEnv, scope: 'dispatch'}, world);
  const {rules, error: broken} = await readRulesAnywhere({command: 'reconcile', path: options.rules, github}, world);
  const name = `reconcile-${now()}/1`;
  return {
    ...{rules, broken, port, memory, sinceMs, alarmAfterMs, alarmTo},
    ...relay,
    github,
    dryRun: options.dryRun ?? false,
    runsUrl: github.runsUrl,
    run: {name, url: 'port-reactor reconcile'},
  };
}

function readSlackEnv(env: CliWorld['env'], problems: Problem[]) {
  const webhook = env['SLACK_WEBHOOK_URL']?.trim() ?? '';
  if (webhook === '') return undefined;
  if (!isHttpUrl(webhook)) {
    problems.push({message: 'SLACK_WEBHOOK_URL is not an http or https URL'});
  }
  return {webhook};
}

function render(result: RoundResult, nowMs: number): string[] {
  const {fromMs, toMs} = result.window;
  return [
    `Port's audit log from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`,
    reconcileHeadline(result),
    ...classesOf(result).map(
      ({name, changes, meaning}) => `  ${String(changes).padStart(6)} ${name.padEnd(10)}  ${meaning}`,
    ),
    ...sentencesOf(result, nowMs),
  ];
}
