/** The command `doctor`: checks every hop from Port to Slack, and shows how to fix it. */
import {Command} from 'commander';
import type {Problem} from '../../base/errors.ts';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {paint} from '../../ui/terminal.ts';
import {APP_HELP} from '../shared/env/github-env.ts';
import {readRelay} from '../shared/env/relay-url.ts';
import {atHome} from '../shared/input/rules-home.ts';
import {screenOf} from '../shared/screen.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {doctorData, isHealthy, renderReport} from './doctor-report.ts';
import {runDrill} from './drill/run-drill.ts';
import {examine, withoutSecrets} from './examine.ts';
import {hasNothingToCheck, readSettings, secretsIn} from './settings.ts';

interface Options {
  readonly relay?: string;
  readonly rules: string;
  readonly post?: boolean;
  readonly drill?: boolean;
  readonly json?: boolean;
  readonly color: boolean;
}

const HELP = `
doctor reports the state of each hop, and a fix for each problem. If a hop fails, doctor still checks the
others. A hop that it cannot check with this environment is listed, and is not a failure.
Without --post and --drill, doctor changes nothing. To test write permissions, it sends requests that GitHub
must reject.
--post sends a test message to each Slack destination in the environment.
--drill sends a change that is marked as a drill. The relay forwards it and a run starts, but the run sends no
message, starts no script and opens no incident. doctor waits up to six minutes for the run, and reports the
time of each hop.

Without --relay, doctor uses the URL to which the automations in Port post.

Environment:
  PORT_CLIENT_ID, PORT_CLIENT_SECRET  credentials of an administrator: only administrators can read the audit log
  PORT_API_URL                        default: https://api.port.io (US: https://api.us.port.io)
  GITHUB_REPOSITORY, GITHUB_TOKEN     the repository with the workflow, and a token with Contents: write, Actions: read
                                      and Secrets: read
${APP_HELP}
  GITHUB_API_URL                      the API of GitHub Enterprise Server
  MEMORY_REPOSITORY, MEMORY_TOKEN     if the memory is in another repository
  REACTOR_EVENT_TYPE                  the same value as for the relay
  SLACK_WEBHOOK_URL, SLACK_WEBHOOKS, SLACK_BOT_TOKEN, SLACK_CHANNELS, SLACK_API_URL
                                      the same values as the inputs of the action

Exit codes: 0 no hop failed, 1 a hop failed, 2 invalid usage.

Examples:
  $ port-reactor doctor --relay https://relay.example.com
  $ port-reactor doctor --relay https://relay.example.com --post
  $ port-reactor doctor --relay https://relay.example.com --drill
  $ port-reactor doctor --relay https://relay.example.com --json | jq '.checks[] | select(.status == "failed")'
`;

export function createDoctorCommand(world: CliWorld): Command {
  return new Command('doctor')
    .description('check every hop from Port to Slack, and show how to fix it')
    .option('--relay <url>', 'the URL of the relay (default: the URL in the automations in Port)')
    .option('--post', 'send a test message to each Slack destination')
    .option('--drill', 'send a drill through the relay to a run, and measure each hop')
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option('--json', 'print the result as JSON')
    .option('--no-color', 'print without colors')
    .addHelpText('after', HELP)
    .action((options: Options) => doctor(options, world));
}

/** Exits with code 1 if a hop failed. @throws {UsageError} */
async function doctor(options: Options, world: CliWorld): Promise<void> {
  const problems: Problem[] = [];
  const url = options.relay === undefined ? undefined : readRelay(options.relay, problems);
  const settings = await readSettings(world);
  if (hasNothingToCheck(settings, options.relay)) problems.push({message: NOTHING_TO_CHECK});
  if (problems.length > 0) throw new UsageError('doctor', problems);
  const {cwd} = atHome(options.rules, world);
  const examined = await examine({settings, url, rules: options.rules, cwd, post: options.post === true}, world);
  const drilled = options.drill ? await runDrill(settings, examined, announced(options, world)) : {checks: []};
  const checks = withoutSecrets([...examined.checks, ...drilled.checks], secretsIn(world.env, settings));
  const report = {...drilled, checks};
  const screen = screenOf(world.terminal, world.env, options.color);
  const lines = () => renderReport(report, screen.width).map(line => `${paint(line, screen.isColored)}\n`);
  world.write(options.json ? `${printedJson(doctorData(report), 2)}\n` : lines().join(''));
  if (!isHealthy(report)) world.exitWith(1);
}

/** The wait takes minutes, so the command announces it. */
function announced({json}: Options, world: CliWorld): CliWorld {
  if (!json) world.writeError('Waiting up to six minutes for the run of the drill …\n');
  return world;
}

const NOTHING_TO_CHECK =
  'there is nothing to check. Set PORT_CLIENT_ID and PORT_CLIENT_SECRET, or GITHUB_REPOSITORY and GITHUB_TOKEN, or use --relay <url>';
