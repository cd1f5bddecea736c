/** The command line: its commands, its error messages and its exit codes. */
import {Command, CommanderError} from 'commander';
import {ConfigError, messageOf, NetworkError, ReactorError} from '../base/errors.ts';
import {VERSION} from '../base/version.ts';
import {printedJson} from '../ui/printed-json.ts';
import {type NamedProblem, problemsOf} from './shared/input/rules-file.ts';
import {UsageError} from './shared/usage.ts';
import type {CliWorld, ExitCode} from './shared/world.ts';

/**
 * The commands by name, in the order of the help. Each one is a thin wrapper around functions that do not depend on the command
 * line. Only the command that runs is loaded: loading all of them takes half of the time of a short command.
 */
const COMMANDS: Readonly<Record<string, () => Promise<(world: CliWorld) => Command>>> = {
  backtest: async () => (await import(/* webpackMode: "eager" */ './backtest/command.ts')).createBacktestCommand,
  demo: async () => (await import(/* webpackMode: "eager" */ './demo/command.ts')).createDemoCommand,
  doctor: async () => (await import(/* webpackMode: "eager" */ './doctor/command.ts')).createDoctorCommand,
  explain: async () => (await import(/* webpackMode: "eager" */ './explain/command.ts')).createExplainCommand,
  init: async () => (await import(/* webpackMode: "eager" */ './init/command.ts')).createInitCommand,
  lint: async () => (await import(/* webpackMode: "eager" */ './lint/command.ts')).createLintCommand,
  new: async () => (await import(/* webpackMode: "eager" */ './new/command.ts')).createNewCommand,
  preview: async () => (await import(/* webpackMode: "eager" */ './preview/command.ts')).createPreviewCommand,
  reconcile: async () => (await import(/* webpackMode: "eager" */ './reconcile/command.ts')).createReconcileCommand,
  relay: async () => (await import(/* webpackMode: "eager" */ './relay/command.ts')).createRelayCommand,
  replay: async () => (await import(/* webpackMode: "eager" */ './replay/command.ts')).createReplayCommand,
  report: async () => (await import(/* webpackMode: "eager" */ './report/command.ts')).createReportCommand,
  routes: async () => (await import(/* webpackMode: "eager" */ './routes/command.ts')).createRoutesCommand,
  send: async () => (await import(/* webpackMode: "eager" */ './send/command.ts')).createSendCommand,
  test: async () => (await import(/* webpackMode: "eager" */ './test-rules/command.ts')).createTestCommand,
};

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

/** @param called the name of the command that runs. If it is unknown, the program has all commands, for the help */
export async function createProgram(world: CliWorld, called = ''): Promise<Command> {
  const program = new Command('port-reactor')
    .description('When an entity in your Port catalog changes: notify Slack, run a remediation, leave an audit trail.')
    .version(VERSION, '--version', 'print the version')
    .addHelpText('after', HELP)
    .configureOutput({writeOut: world.write, writeErr: world.writeError})
    .showHelpAfterError('Try --help.')
    .exitOverride();
  for (const [name, load] of Object.entries(COMMANDS)) {
    if (Object.hasOwn(COMMANDS, called) && name !== called) continue;
    const create = await load();
    program.addCommand(create(world).copyInheritedSettings(program));
  }
  return program;
}

/** Runs one command. Never rejects: any error is printed and becomes an exit code. @param args without node and script */
export async function runProgram(args: readonly string[], world: CliWorld): Promise<void> {
  try {
    const program = await createProgram(world, args[0]);
    await program.parseAsync(args, {from: 'user'});
  } catch (error) {
    // Commander has already written its message, or the requested help.
    if (!(error instanceof CommanderError)) world.writeError(`${describe(error)}\n`);
    // With --json, callers read standard output even if the command fails.
    if (args.includes('--json') && exitCodeOf(error) !== 0) world.write(`${printedJson(failureOf(error), 2)}\n`);
    world.exitWith(exitCodeOf(error));
  }
}

/** The JSON output of a failed command. `error` is a sentence. `problems` lists each mistake, with its place in a file. */
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

/** Includes the stack only for an internal error. */
function describe(error: unknown): string {
  // Other messages of a failed connection end in a sentence with the remedy.
  if (error instanceof NetworkError && !/[.?]$/.test(error.message))
    return `${error.message}. Check the URL and the network.`;
  if (error instanceof ReactorError) return error.message;
  const trace = error instanceof Error ? error.stack : String(error);
  return `Internal error. Please report it: ${trace}`;
}
