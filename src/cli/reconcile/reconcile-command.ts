/** The command `reconcile`: proves that every change in Port's audit log was decided, and has the missing ones decided. */
import {Command} from 'commander';
import {createSlack} from '../../act/slack/post/slack.ts';
import type {Problem} from '../../base/errors.ts';
import {printable} from '../../base/text.ts';
import {reconcile} from '../../reconcile/reconcile.ts';
import {isProven, type Reconciled, type ReconcileOptions} from '../../reconcile/reconciled.ts';
import {classesOf, reconcileData, reconcileHeadline, sentencesOf} from '../../reconcile/sentences.ts';
import {readRelaySettings} from '../../reconcile/settings.ts';
import {GRACE_MS, MAX_WINDOW_MS} from '../../reconcile/window.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {APP_HELP, connect, readGitHubEnv, readMemoryEnv} from '../shared/github-env.ts';
import {readPortEnv} from '../shared/port-env.ts';
import {readRulesAnywhere} from '../shared/rules-anywhere.ts';
import {readSpan} from '../shared/span.ts';
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
Each change in Port's audit log is one of these: irrelevant (no rule matches it, and it ends nothing), handled (in the
memory's ledger), superseded (older than what the memory has taken in), witnessed (its run in Port was closed with a link
to a workflow run) or missing. What is missing is dispatched into its partition. If the next round finds it undecided
still, after --alarm-after, it is dispatched again past the queue, and the command notifies Slack itself.

The rules are read from .github/port-reactor.yml here, or, without such a file, from the repository on GitHub.

Environment:
  PORT_CLIENT_ID, PORT_CLIENT_SECRET  of an administrator: only they can read the audit log
  PORT_API_URL                        https://api.port.io (default) or https://api.us.port.io
  GITHUB_REPOSITORY, GITHUB_TOKEN     the repository with the workflow, and a token with Contents: write on it
${APP_HELP}
  GITHUB_API_URL                      of GitHub Enterprise Server
  MEMORY_REPOSITORY, MEMORY_TOKEN     if the memory is in another repository
  REACTOR_PARTITIONS, REACTOR_EVENT_TYPE  as for the relay
  SLACK_WEBHOOK_URL                   who hears the alarm

Exit codes: 0 every change is accounted for (what was missing was dispatched now), 1 a change is still missing, or not all
is known, 2 invalid usage.

Examples:
  $ port-reactor reconcile --since 24h --dry-run
  $ port-reactor reconcile
  $ port-reactor reconcile --since 24h --alarm-after 15m --json | jq .missing
`;

export function createReconcileCommand(world: CliWorld): Command {
  return new Command('reconcile')
    .description("prove that every change in Port's audit log was decided, and dispatch those that were not")
    .option('--since <span>', 'how far back to look, at most 7d (default: since the last round, at first 24h)')
    .option('--alarm-after <span>', 'how long after its dispatch a change must be decided', '10m')
    .option('--rules <path>', 'the rules file')
    .option('--dry-run', 'only say what is missing: send, write and close nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action((options: Options) => run(options, world));
}

/** Ends with exit code 1 if not everything is accounted for. @throws {UsageError} @throws {ReactorError} */
async function run(options: Options, world: CliWorld): Promise<void> {
  const {json = false} = options;
  const result = await reconcile(await readOptions(options, world), {...world, slack: createSlack(world)});
  world.write(
    json ? `${printedJson(reconcileData(result), 2)}\n` : `${render(result, world.now()).map(printable).join('\n')}\n`,
  );
  if (!json) for (const failure of result.failures) world.writeError(`${failure}\n`);
  if (!isProven(result)) world.exitWith(1);
}

async function readOptions(options: Options, world: CliWorld): Promise<ReconcileOptions> {
  const {env, now} = world;
  const problems: Problem[] = [];
  const sinceMs = options.since === undefined ? undefined : readSpan('--since', options.since, problems);
  if (sinceMs !== undefined && sinceMs <= GRACE_MS) {
    problems.push({
      message: `--since ${options.since} looks at nothing: the last 10 minutes are left to the runs. Use more than 10m`,
    });
  }
  if (sinceMs !== undefined && sinceMs > MAX_WINDOW_MS) {
    problems.push({message: `--since ${options.since} is more than the memory remembers. Use at most 7d`});
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
  if (!/^https?:\/\//i.test(webhook) || !URL.canParse(webhook)) {
    problems.push({message: 'SLACK_WEBHOOK_URL is not an http or https URL'});
  }
  return {webhook};
}

function render(result: Reconciled, nowMs: number): string[] {
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
