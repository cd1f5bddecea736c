/** The command line: its commands, and how what they throw ends the process. */
import {Command, CommanderError} from 'commander';
import {ConfigError, messageOf, ReactorError} from '../base/errors.ts';
import {printedJson} from '../ui/printed-json.ts';
import {createBacktestCommand} from './backtest/backtest-command.ts';
import {createDemoCommand} from './demo/demo-command.ts';
import {createDoctorCommand} from './doctor/doctor.ts';
import {createExplainCommand} from './explain/explain.ts';
import {createInitCommand} from './init/init.ts';
import {createLintCommand} from './lint/lint.ts';
import {createNewCommand} from './new/new.ts';
import {createPreviewCommand} from './preview/preview-command.ts';
import {createReconcileCommand} from './reconcile/reconcile-command.ts';
import {createRelayCommand} from './relay/relay.ts';
import {createReplayCommand} from './replay/replay-command.ts';
import {createReportCommand} from './report/report-command.ts';
import {createRoutesCommand} from './routes/routes.ts';
import {createSendCommand} from './send/send.ts';
import {type NamedProblem, problemsOf} from './shared/rules-file.ts';
import {UsageError} from './shared/usage.ts';
import {VERSION} from './shared/version.ts';
import type {CliWorld, ExitCode} from './shared/world.ts';
import {createTestCommand} from './test-rules/test-rules.ts';

/** In the order of the help. Each lives in a file of its own, as a thin shell over functions that know no command line. */
const COMMANDS: readonly ((world: CliWorld) => Command)[] = [
  createBacktestCommand,
  createDemoCommand,
  createDoctorCommand,
  createExplainCommand,
  createInitCommand,
  createLintCommand,
  createNewCommand,
  createPreviewCommand,
  createReconcileCommand,
  createRelayCommand,
  createReplayCommand,
  createReportCommand,
  createRoutesCommand,
  createSendCommand,
  createTestCommand,
];

const HELP = `
Credentials come from the environment only: PORT_CLIENT_ID, PORT_CLIENT_SECRET, PORT_API_URL.
Exit codes: 0 success, 1 a check or the work failed, 2 invalid usage.

Examples:
  $ port-reactor demo
  $ port-reactor lint
  $ port-reactor test
  $ port-reactor explain event.json
  $ port-reactor preview event.json
  $ port-reactor reconcile --since 24h --dry-run
  $ port-reactor init --relay https://relay.example.com --dry-run
  $ port-reactor send --relay http://localhost:3000 --entity notification-service-prod \\
      --property healthStatus --from Healthy --to Degraded
`;

export function createProgram(world: CliWorld): Command {
  const program = new Command('port-reactor')
    .description('When an entity in your Port catalog changes: notify Slack, run a remediation, leave an audit trail.')
    .version(VERSION, '--version', 'print the version')
    .addHelpText('after', HELP)
    .configureOutput({writeOut: world.write, writeErr: world.writeError})
    .showHelpAfterError('Try --help.')
    .exitOverride();
  for (const create of COMMANDS) program.addCommand(create(world).copyInheritedSettings(program));
  return program;
}

/** Runs one command. Never rejects: any error is printed and becomes an exit code. @param args without node and script */
export async function runProgram(args: readonly string[], world: CliWorld): Promise<void> {
  try {
    await createProgram(world).parseAsync(args, {from: 'user'});
  } catch (error) {
    // Commander has written its own message, or the help that was asked for.
    if (!(error instanceof CommanderError)) world.writeError(`${describe(error)}\n`);
    // A program that asked for JSON reads standard output, whatever came of the command.
    if (args.includes('--json') && exitCodeOf(error) !== 0) world.write(`${printedJson(failureOf(error), 2)}\n`);
    world.exitWith(exitCodeOf(error));
  }
}

/** `error` is a sentence; `problems` has each mistake, with its place in a file if it has one. */
function failureOf(error: unknown): {error: string; problems?: readonly NamedProblem[]} {
  if (error instanceof UsageError) {
    const problems = error.problems.map(problem => ({...problem, message: problem.message.replace(/^- /, '')}));
    return {error: summaryOf(error), problems};
  }
  if (error instanceof ConfigError) return {error: summaryOf(error), ...problemsOf([error])};
  return {error: messageOf(error)};
}

function summaryOf({message}: ConfigError): string {
  return message.split('\n')[0] ?? message;
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof UsageError ? 2 : 1;
}

/** Only an internal error shows its stack. */
function describe(error: unknown): string {
  if (error instanceof ReactorError) return error.message;
  const trace = error instanceof Error ? error.stack : String(error);
  return `Internal error, please report it: ${trace}`;
}
