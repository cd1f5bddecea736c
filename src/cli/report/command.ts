/** The command `report`: statistics on the rules, from the decision records of runs. */
import {Command} from 'commander';
import {APP_HELP} from '../shared/env/github-env.ts';
import type {CliWorld} from '../shared/world.ts';
import type {ReportOptions} from './options.ts';

const HELP = `
Reports changes, reactions, noise (incidents that recover within 5 minutes without a script), top flappers, time
to notify by severity, time to recover, and which scripts helped. The sample workflow stores the decision record
of each run as the artifact \`decisions\`.

With --repo, it downloads up to 500 records, newest first, with one request each.

Environment, with --repo:
  GITHUB_TOKEN                        a token with Actions: read
${APP_HELP}
  GITHUB_API_URL                      the API of GitHub Enterprise Server

Exit codes: 0 success, 1 a line or a record can't be read, 2 invalid usage.

Examples:
  $ port-reactor report --repo acme/operations --since 7d
  $ port-reactor report --since 7d records
  $ port-reactor report --since 7d records --markdown >> "$GITHUB_STEP_SUMMARY"
`;

export function createReportCommand(world: CliWorld): Command {
  return new Command('report')
    .description('show statistics on the rules, from decision records')
    .argument('[records...]', 'decision records (.jsonl), or folders with them')
    .option('--repo <owner/name>', 'download the records of this repository from GitHub')
    .option('--since <time>', 'start, such as 7d or 2026-11-01T00:00:00Z (default: all changes, or 7d with --repo)')
    .option('--json', 'print the report as JSON')
    .option('--markdown', 'print the report as Markdown')
    .option('--no-color', 'print without colors')
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], options: ReportOptions) => {
      const {runReport} = await import(/* webpackMode: "eager" */ './run-report.ts');
      await runReport(paths, options, world);
    });
}
