/** The command `doctor`: examines every hop from Port to Slack, and says what to fix. */
import {Command} from 'commander';
import type {Problem} from '../../base/errors.ts';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {paint} from '../../ui/terminal.ts';
import {APP_HELP} from '../shared/github-env.ts';
import {readRelay} from '../shared/relay-url.ts';
import {atHome} from '../shared/rules-home.ts';
import {screenOf} from '../shared/screen.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {doctorData, isHealthy, renderReport} from './doctor-report.ts';
import {examine, withoutSecrets} from './examine.ts';
import {runDrill} from './run-drill.ts';
import {asksNothing, readSettings, secretsIn} from './settings.ts';

interface Options {
  readonly relay?: string;
  readonly rules: string;
  readonly post?: boolean;
  readonly drill?: boolean;
  readonly json?: boolean;
  readonly color: boolean;
}

const HELP = `
Each hop gets a sentence, and what is broken a fix. A hop that fails does not keep the others from being checked. What the
environment does not allow to check is named, and does not fail. Without --post and --drill, doctor changes nothing: it asks
for writes that must be refused, and looks at why they are. --post sends a message, marked as a test, to each Slack
destination that is set here. --drill sends a change that is marked as a drill. The relay passes it on, a run starts, and
nothing is decided about it: no message, no script, no incident. doctor waits for the run, for six minutes at most, and
reports when the drill came to each hop.

Without --relay, the relay is the one that the automations in Port post to.

Environment:
  PORT_CLIENT_ID, PORT_CLIENT_SECRET  of an administrator: only they can read the audit log
  PORT_API_URL                        default: https://api.port.io (US: https://api.us.port.io)
  GITHUB_REPOSITORY, GITHUB_TOKEN     the repository with the workflow, and a token with Contents: write, Actions: read
                                      and Secrets: read
${APP_HELP}
  GITHUB_API_URL                      of GitHub Enterprise Server
  MEMORY_REPOSITORY, MEMORY_TOKEN     if the memory is in another repository
  REACTOR_EVENT_TYPE                  as for the relay
  SLACK_WEBHOOK_URL, SLACK_WEBHOOKS, SLACK_BOT_TOKEN, SLACK_CHANNELS, SLACK_API_URL
                                      as the inputs of the action of the same names

Exit codes: 0 no hop failed, 1 a hop failed, 2 invalid usage.

Examples:
  $ port-reactor doctor --relay https://relay.example.com
  $ port-reactor doctor --relay https://relay.example.com --post
  $ port-reactor doctor --relay https://relay.example.com --drill
  $ port-reactor doctor --relay https://relay.example.com --json | jq '.checks[] | select(.status == "failed")'
`;

export function createDoctorCommand(world: CliWorld): Command {
  return new Command('doctor')
    .description('check every hop from Port to Slack, and say what to fix')
    .option('--relay <url>', 'the address of the relay (default: that of the automations in Port)')
    .option('--post', 'send a test message to each Slack destination')
    .option('--drill', 'send a marked change all the way to a run, and time each hop')
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option('--json', 'print the result as JSON')
    .option('--no-color', 'print without colours')
    .addHelpText('after', HELP)
    .action((options: Options) => doctor(options, world));
}

/** Ends with exit code 1 if a hop failed. @throws {UsageError} */
async function doctor(options: Options, world: CliWorld): Promise<void> {
  const problems: Problem[] = [];
  const url = options.relay === undefined ? undefined : readRelay(options.relay, problems);
  const settings = await readSettings(world);
  if (asksNothing(settings, options.relay)) problems.push({message: NOTHING_TO_ASK});
  if (problems.length > 0) throw new UsageError('doctor', problems);
  const {cwd} = atHome(options.rules, world);
  const examined = await examine({settings, url, rules: options.rules, cwd, post: options.post === true}, world);
  const drilled = options.drill ? await runDrill(settings, examined, announced(options, world)) : {checks: []};
  const checks = withoutSecrets([...examined.checks, ...drilled.checks], secretsIn(world.env, settings));
  const report = {...drilled, checks};
  const screen = screenOf(world.terminal, world.env, options.color);
  const lines = () => renderReport(report, screen.width).map(line => `${paint(line, screen.isColoured)}\n`);
  world.write(options.json ? `${printedJson(doctorData(report), 2)}\n` : lines().join(''));
  if (!isHealthy(report)) world.exitWith(1);
}

/** A person who waits for minutes wants to know for what. */
function announced({json}: Options, world: CliWorld): CliWorld {
  if (!json) world.writeError('Waiting for the run of the drill, for six minutes at most …\n');
  return world;
}

const NOTHING_TO_ASK =
  'there is nothing to check: set PORT_CLIENT_ID and PORT_CLIENT_SECRET, or GITHUB_REPOSITORY and GITHUB_TOKEN, or give --relay <url>';
