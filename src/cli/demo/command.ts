/** The command `demo`: runs the whole path on this machine, with simulated Port, GitHub and Slack. */
import {randomBytes} from 'node:crypto';
import {Command} from 'commander';
import type {Problem} from '../../base/errors.ts';
import {type DemoSettings, runDemo} from '../../demo/run-demo.ts';
import {screenOf} from '../shared/screen.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';

interface DemoOptions {
  readonly serve?: boolean;
  readonly port?: string;
  readonly out?: string;
  readonly color: boolean;
}

const HELP = `
Simulates changes of a catalog, each from webhook to relay, dispatch, action, Slack message and
remediation. It needs no account and no network. Port, GitHub, Slack, kubectl and psql are simulated. Everything
else is real. The demo writes a page with all runs.

Environment:
  SLACK_WEBHOOK_URL   an incoming webhook, to send the messages to your Slack
  PORT_CLIENT_SECRET  with --serve: the secret of your Port organization
  WEBHOOK_PROXY_URL   with --serve: a smee channel through which Port reaches the relay
  NO_COLOR            print without colors

Examples:
  $ port-reactor demo
  $ port-reactor demo --serve --port 3000
`;

export function createDemoCommand(world: CliWorld): Command {
  return new Command('demo')
    .description('try everything on this machine, without accounts and without a network')
    .option('--serve', 'keep running, and accept your own events')
    .option('--port <n>', "the relay's port (default with --serve: 3000, or a free port if 3000 is taken)")
    .option('--out <dir>', 'where to write the runs (default: a new temporary folder)')
    .option('--no-color', 'print without colors')
    .addHelpText('after', HELP)
    .action((options: DemoOptions) => demo(options, world));
}

/** Exits with code 1 if a check failed. @throws {UsageError} @throws {ConfigError} */
async function demo(options: DemoOptions, world: CliWorld): Promise<void> {
  const settings = readSettings(options, world);
  const hasPassed = await runDemo(settings, world);
  if (!hasPassed) world.exitWith(1);
}

const DEFAULT_PORT = 3000;

function readSettings(options: DemoOptions, {env, terminal}: CliWorld): DemoSettings {
  const problems: Problem[] = [];
  const isServing = options.serve === true;
  const own = isServing ? read(env, 'PORT_CLIENT_SECRET') : undefined;
  const settings: DemoSettings = {
    isServing,
    port:
      options.port === undefined
        ? {wanted: isServing ? DEFAULT_PORT : 0, isFixed: false}
        : readPort(options.port, problems),
    out: options.out,
    secret: own ?? randomBytes(16).toString('hex'),
    isOwnSecret: own !== undefined,
    slackUrl: readUrl(env, 'SLACK_WEBHOOK_URL', problems),
    proxyUrl: isServing ? readUrl(env, 'WEBHOOK_PROXY_URL', problems) : undefined,
    ...screenOf(terminal, env, options.color),
  };
  if (process.platform === 'win32') problems.push({message: 'the remediation scripts need bash. Run the demo in WSL'});
  if (problems.length > 0) throw new UsageError('demo', problems);
  return settings;
}

function readPort(text: string, problems: Problem[]): DemoSettings['port'] {
  const wanted = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(wanted <= 65_535)) problems.push({message: `--port must be a number from 0 (any) to 65535, not ${text}`});
  return {wanted, isFixed: true};
}

/** These addresses are secrets, so messages do not contain them. */
function readUrl(env: CliWorld['env'], name: string, problems: Problem[]): string | undefined {
  const url = read(env, name);
  if (url === undefined || (/^https?:\/\//i.test(url) && URL.canParse(url))) return url;
  problems.push({message: `${name} is not an http or https URL. Fix it, or unset it`});
  return undefined;
}

function read(env: CliWorld['env'], name: string): string | undefined {
  return env[name]?.trim() || undefined;
}
