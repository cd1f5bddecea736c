/** The command `report`: how well the rules work, from the decision records of runs. */
import {Command} from 'commander';
import type {CliWorld} from '../shared/world.ts';
import type {ReportOptions} from './options.ts';

const HELP = `
Changes, reactions, noise (sent, and over by itself within 5 minutes), top flappers, time to notify by severity, time to
recover, and which scripts helped. The sample workflow keeps each run's decision record as the artifact \`decisions\`.

Exit codes: 0 done, 1 a line can't be read, 2 wrong usage.

Examples:
  $ port-reactor report --since 7d records
  $ port-reactor report --since 7d records --markdown >> "$GITHUB_STEP_SUMMARY"

Get the records of the last runs:
  $ for run in $(gh run list --workflow port-reactor.yml --limit 500 --json databaseId --jq '.[].databaseId'); do
      gh run download "$run" --name decisions --dir "records/$run"; done
`;

export function createReportCommand(world: CliWorld): Command {
  return new Command('report')
    .description('show how well the rules work, from decision records')
    .argument('<records...>', 'decision records (.jsonl), or folders with them')
    .option('--since <time>', 'changes from then on, as 7d or 2026-11-01T00:00:00Z (default: all)')
    .option('--json', 'print the report as JSON')
    .option('--markdown', 'print the report as Markdown')
    .option('--no-color', 'print without colours')
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], options: ReportOptions) => {
      const {runReport} = await import(/* webpackMode: "eager" */ './run-report.ts');
      await runReport(paths, options, world);
    });
}
