/** The command `explain`: shows why each rule matches or does not match, and the resulting reactions. */
import {Command} from 'commander';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {paint} from '../../ui/terminal.ts';
import {addChangeOptions, VALUES_HELP} from '../shared/input/change-options.ts';
import {collectFiles, MEMORY_OPTION} from '../shared/input/memory-file.ts';
import {problemsOf, reportErrors} from '../shared/input/rules-file.ts';
import {screenOf} from '../shared/screen.ts';
import type {CliWorld} from '../shared/world.ts';
import {renderExplanation} from './explain-report.ts';
import {type ExplanationOptions, readExplanation} from './read-explanation.ts';
import {SAMPLE_EVENT} from './sample-event.ts';

interface ExplainOptions extends ExplanationOptions {
  readonly json?: boolean;
  readonly color: boolean;
}

const HELP = `
The input is an event: any message from Port (automation, changelog, audit log, workflow), a client_payload or
dispatch of the relay, or the whole event of a workflow run. It comes from a file, from standard input (-), or
from the options. Nothing is sent, and nothing is run.
${VALUES_HELP}

The input can also be the decision record of a run, from the output \`decisions\` of the action. The command
decides each recorded change again with the current rules, and shows the differences.

${SAMPLE_EVENT}
Exit codes: 0 success, 1 the event can't be read or decided, or the rules have mistakes, 2 invalid usage.

Examples:
  $ port-reactor explain event.json
  $ port-reactor explain --blueprint database --property cpuUtil --from 62 --to 91
  $ pbpaste | port-reactor explain -
  $ port-reactor explain decisions.jsonl --rules new-rules.yml
  $ git show origin/port-reactor/memory-3:memory.json >m.json && port-reactor explain event.json --memory m.json
  $ port-reactor explain event.json --json | jq '.changes[].rules[] | select(.matched)'
`;

export function createExplainCommand(world: CliWorld): Command {
  const command = new Command('explain')
    .description('show why each rule matches or does not match, and what would happen')
    .argument('[event.json | decisions file]', 'an event, or the decision record of a run, or - for standard input');
  return addChangeOptions(command)
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option(
      '--destinations <names>',
      'the configured Slack destinations, separated by commas (default: those of the workflow)',
    )
    .option('--at <time>', 'the time for mute windows, silences and the memory (default: now)')
    .option('--memory <file>', MEMORY_OPTION, collectFiles)
    .option('--json', 'print the explanation as JSON')
    .option('--no-color', 'print without colors')
    .addHelpText('after', HELP)
    .action((file: string | undefined, options: ExplainOptions) => explainFile(file, options, world));
}

/** Exits with code 1 if a rule has mistakes or can't be decided. @throws {UsageError} @throws {ReactorError} */
async function explainFile(file: string | undefined, options: ExplainOptions, world: CliWorld): Promise<void> {
  const {explanation, error, name, nowMs} = await readExplanation({command: 'explain', file, options}, world);
  if (options.json) world.write(`${printedJson({...explanation, ...problemsOf([error])}, 2)}\n`);
  else {
    const screen = screenOf(world.terminal, world.env, options.color);
    const lines = renderExplanation(explanation, {name, nowMs}, screen);
    world.write(lines.map(line => `${paint(line, screen.isColored)}\n`).join(''));
  }
  reportErrors([error], options.json, world);
  if (explanation.undecided > 0) world.exitWith(1);
}
