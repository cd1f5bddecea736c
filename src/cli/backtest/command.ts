/** The command `backtest`: applies the rules to a recording or to Port's audit log. */
import {Command} from 'commander';
import {PROTECTED_FILE} from '../../backtest/protected-incidents.ts';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import type {CliWorld} from '../shared/world.ts';
import type {BacktestCommandOptions} from './options.ts';

const HELP = `
The recording contains one JSON document per line: a change, a webhook of Port, a client_payload, an entry of
the audit log, or a line of a decision record. It is streamed. Without a file, the command reads Port's audit
log for the blueprints that the rules watch. It caches the entries in a file, so the next backtest fetches only
newer ones.

Each change that is relevant to a rule is decided in its own run, by the code of the action, with the incident
memory. Between changes, the clock runs every 15 minutes (--clock). Nothing is sent, and nothing is run.

Environment, without a file:
  PORT_CLIENT_ID, PORT_CLIENT_SECRET  credentials of an administrator: only administrators can read the audit log
  PORT_API_URL                        default: https://api.port.io (US: https://api.us.port.io)

Exit codes: 0 success, 1 the rules have mistakes, a part of the recording can't be read, or a protected incident
is no longer reported, 2 invalid usage.

Examples:
  $ port-reactor backtest changes.ndjson
  $ port-reactor backtest --since 30d --html backtest.html
  $ port-reactor backtest --since 30d --base main
  $ port-reactor backtest changes.ndjson --json | jq '.rules[] | {rule, messages}'
`;

export function createBacktestCommand(world: CliWorld): Command {
  return new Command('backtest')
    .description('show what the rules would have done with past changes')
    .argument('[recording.ndjson]', "one event in each line, or - for standard input (default: Port's audit log)")
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option('--base <git ref>', 'compare with the rules of this commit')
    .option('--from <recording>', 'the recording, instead of the argument')
    .option(
      '--since <time>',
      'start, such as 30d or 2026-11-01T00:00:00Z (default: all changes, or 30d of the audit log)',
    )
    .option('--until <time>', 'end (default: the last change, or 10 minutes ago for the audit log)')
    .option('--clock <span>', 'the interval between runs of the clock, or off', '15m')
    .option('--cache <file>', 'the cache of the audit log (default: a file in your cache folder)')
    .option('--protected <file>', `incidents that must be reported (default: ${PROTECTED_FILE}, if it exists)`)
    .option(
      '--destinations <names>',
      'the configured Slack destinations, separated by commas (default: those of the workflow)',
    )
    .option('--html <file>', 'also write the result as an HTML page')
    .option('--json', 'print the result as JSON')
    .option('--no-color', 'print without colors')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, options: BacktestCommandOptions) => {
      const {runBacktest} = await import(/* webpackMode: "eager" */ './run-backtest.ts');
      await runBacktest(file, options, world);
    });
}
