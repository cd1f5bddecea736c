/** Report: a run that could not decide anything: the mistakes, their positions, and a red step. */
import type {Core} from '../base/deps.ts';
import {ConfigError, isReactorError, messageOf} from '../base/errors.ts';
import {clip, logText} from '../base/text/show.ts';
import {annotationsOf, MAX_ANNOTATIONS} from './annotations.ts';
import {summaryHtml} from './summary-html.ts';

/** GitHub drops a summary above 1 MiB completely. */
const MAX_TEXT = 100_000;

/** Annotates each mistake at its position, writes the full text to the log and the summary, and fails the step. */
export function reportFailure(error: unknown, core: Core, env: Readonly<Record<string, string | undefined>>): void {
  const text = textOf(error);
  if (error instanceof ConfigError && error.file !== undefined) annotate(error, core);
  core.setFailed(text.split('\n').map(logText).join('\n'));
  core.debug(error instanceof Error ? (error.stack ?? '') : '');
  try {
    for (const [name, value] of Object.entries(OUTPUTS)) core.setOutput(name, value);
    if (env['GITHUB_STEP_SUMMARY']) writeSummary(text, core);
  } catch (broken) {
    core.warning(logText(`Outputs and job summary could not be written: ${messageOf(broken)}`));
  }
}

/** Values that `fromJSON` in a later step can read. */
const OUTPUTS = {outcome: 'failed', reactions: '[]', remediations: '[]', 'remediations-by-job': '{}'};

function writeSummary(text: string, core: Core): void {
  const {markup} = summaryHtml`<h2>❌ Port Reactor: failed</h2><pre>${clip(text, MAX_TEXT)}</pre>`;
  core.appendSummary(`${markup}\n`);
}

function annotate(error: ConfigError, core: Core): void {
  for (const {text, ...properties} of annotationsOf(error).slice(0, MAX_ANNOTATIONS)) {
    core.error(logText(text), properties);
  }
}

function textOf(error: unknown): string {
  if (isReactorError(error)) return error.message;
  return `Internal error: ${messageOf(error)}. This is a bug in Port Reactor. Please report it with the debug log of this run.`;
}
