/** The command `backtest`: what the rules would have done, over a recording or Port's audit log. */
import {Command} from 'commander';
import {PROTECTED_FILE} from '../../backtest/protected-incidents.ts';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import type {CliWorld} from '../shared/world.ts';
import type {BacktestCommandOptions} from './options.ts';

const HELP = `
The recording has one JSON text in each line: a change, a webhook of Port's, a client_payload, an entry of the audit log, or
a line of a decision record. It is streamed. Without a file, the command reads Port's audit log of the blueprints that the
rules watch, and keeps it in a file, so that the next backtest asks only for what is newer.

Each change that concerns a rule is decided in a run of its own, by the code of the action, with the incident memory. The
clock runs every 15 minutes between them (--clock). Nothing is sent, and nothing is run.

Environment, without a file:
  PORT_CLIENT_ID, PORT_CLIENT_SECRET  credentials that can read the audit log (an admin's)
  PORT_API_URL                        default: https://api.port.io (US: https://api.us.port.io)

Exit codes: 0 done, 1 the rules have mistakes, some of the recording can't be read, or a protected incident is no longer
reported, 2 invalid usage.

Examples:
  $ port-reactor backtest changes.ndjson
  $ port-reactor backtest --since 30d --html backtest.html
  $ port-reactor backtest --since 30d --base main
  $ port-reactor backtest changes.ndjson --json | jq '.rules[] | {rule, messages}'
`;

export function createBacktestCommand(world: CliWorld): Command {
  return new Command('backtest')
    .description('show what the rules would have done in the last weeks')
    .argument('[recording.ndjson]', "one event in each line, or - for standard input (default: Port's audit log)")
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option('--base <git ref>', 'compare with the rules of this commit')
    .option('--since <time>', 'from then on, as 30d or 2026-11-01T00:00:00Z (default: all, of the audit log 30d)')
    .option('--until <time>', 'until then (default: the last change, of the audit log 10 minutes ago)')
    .option('--clock <span>', 'how often the clock runs, as 15m, or off', '15m')
    .option('--cache <file>', 'where to keep the audit log (default: a file in the cache folder of your account)')
    .option('--protected <file>', `incidents that must be reported (default: ${PROTECTED_FILE}, if it is there)`)
    .option('--destinations <names>', 'the configured Slack destinations, as a,b (default: those of the workflow)')
    .option('--html <file>', 'also write a page with the result')
    .option('--json', 'print the result as JSON')
    .option('--no-color', 'print without colours')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, options: BacktestCommandOptions) => {
      const {runBacktest} = await import(/* webpackMode: "eager" */ './run-backtest.ts');
      await runBacktest(file, options, world);
    });
}
