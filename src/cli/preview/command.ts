/** The command `preview`: shows the Slack messages for an event. */

import {join} from 'node:path';
import {Command} from 'commander';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {paint} from '../../ui/terminal.ts';
import {type ExplanationOptions, readExplanation} from '../explain/read-explanation.ts';
import {SAMPLE_EVENT} from '../explain/sample-event.ts';
import {addChangeOptions, CHANGE_OPTIONS, flagOf} from '../shared/input/change-options.ts';
import {collectFiles, MEMORY_OPTION} from '../shared/input/memory-file.ts';
import {problemsOf, reportErrors} from '../shared/input/rules-file.ts';
import {shellWord} from '../shared/input/scalar.ts';
import {screenOf} from '../shared/screen.ts';
import type {CliWorld} from '../shared/world.ts';
import {writePage} from '../shared/write-page.ts';
import {previewOf} from './preview.ts';
import {renderPreviewPage} from './preview-page.ts';
import {renderPreview} from './preview-report.ts';

interface PreviewOptions extends ExplanationOptions {
  readonly html?: string;
  readonly link?: boolean;
  readonly json?: boolean;
  readonly color: boolean;
}

const HELP = `
Shows each message as it would look in Slack, and sends nothing. It accepts the same events and options as
\`explain\`. For the decision record of a run, it shows the messages that the current rules would send for each
recorded change.

--link adds a link that opens the message in Slack's Block Kit Builder. It contains the whole message, about
2 KB. The page and --json always include it.

${SAMPLE_EVENT}
Environment:
  GITHUB_REPOSITORY  owner/name, for the link to the run (default: OWNER/REPOSITORY)
  PORT_API_URL       for the link to Port (default: https://api.port.io; US: https://api.us.port.io)

Exit codes: 0 success, with or without a message, 1 the event can't be read, or the rules have mistakes, 2
invalid usage.

Examples:
  $ port-reactor preview event.json
  $ port-reactor preview --property healthStatus --from Healthy --to Crashed
  $ port-reactor preview event.json --html preview.html
  $ port-reactor preview event.json --json | jq '.messages[0].payload'
`;

export function createPreviewCommand(world: CliWorld): Command {
  const command = new Command('preview')
    .description('show the Slack messages for an event')
    .argument('[event.json | decisions file]', 'an event, or the decision record of a run, or - for standard input');
  return addChangeOptions(command)
    .option('--html <file>', 'also write an HTML page that looks like Slack')
    .option('--link', 'also print a link to each message in the Block Kit Builder')
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option(
      '--destinations <names>',
      'the configured Slack destinations, separated by commas (default: those of the workflow)',
    )
    .option('--at <time>', 'the time for mute windows, silences and the memory (default: now)')
    .option('--memory <file>', MEMORY_OPTION, collectFiles)
    .option('--json', 'print the messages as JSON, as they would be posted')
    .option('--no-color', 'print without colors')
    .addHelpText('after', HELP)
    .action((file: string | undefined, options: PreviewOptions) => previewFile(file, options, world));
}

/** @throws {UsageError} @throws {ReactorError} */
async function previewFile(file: string | undefined, options: PreviewOptions, world: CliWorld): Promise<void> {
  const {explanation, error, name, nowMs} = await readExplanation({command: 'preview', file, options}, world);
  const preview = previewOf(explanation);
  if (options.html !== undefined)
    writePage({command: 'preview', path: options.html, html: renderPreviewPage(preview, name, nowMs)}, world);
  reportErrors([error], options.json, world);
  if (options.json) {
    world.write(`${printedJson({...preview, ...problemsOf([error])}, 2)}\n`);
    return;
  }
  const screen = screenOf(world.terminal, world.env, options.color);
  const looks = {...screen, nowMs, withLinks: options.link ?? false};
  const lines = renderPreview(preview, explainCommand(file, options, world), looks);
  world.write(lines.map(line => `${paint(line, screen.isColored)}\n`).join(''));
  if (options.html !== undefined) world.write(`The page: ${options.html}\n`);
}

/** A command that works in the same folder. */
function explainCommand(file: string | undefined, options: PreviewOptions, {dist}: CliWorld): string {
  const words = CHANGE_OPTIONS.flatMap(name => (options[name] === undefined ? [] : [flagOf(name), options[name]]));
  return ['node', join(dist, 'cli/index.js'), 'explain', ...(file === undefined ? words : [file])]
    .map(shellWord)
    .join(' ');
}
