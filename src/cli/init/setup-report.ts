/** Renders the result of the setup. Pure. */
import {count} from '../../base/text/show.ts';
import type {NextStep} from '../shared/next-step.ts';
import {isSetUp, type StepResult} from './apply-setup.ts';

export interface SetupReport {
  readonly dryRun: boolean;
  /** The URL of Port's API. */
  readonly api: string;
  /** The webhook URL. */
  readonly webhook: string;
  readonly steps: readonly StepResult[];
  readonly warnings: readonly string[];
  readonly next: readonly NextStep[];
}

/** Text that ends with a newline. */
export function renderSetup(report: SetupReport): string {
  const lines = [
    `${report.dryRun ? 'Planned setup' : 'Setup'} at ${report.api}, for webhooks to ${report.webhook}:`,
    '',
    ...report.steps.flatMap(renderStep),
    ...report.warnings.flatMap(warning => ['', `Warning: ${warning}`]),
    '',
    verdictOf(report),
    ...(report.dryRun || !hasAutomation(report) ? [] : ['', ...report.next.flatMap(renderNext)]),
  ];
  return `${lines.join('\n')}\n`;
}

const WIDTH = 'would create'.length;

function renderStep({kind, name, outcome, details}: StepResult): string[] {
  return [`  ${outcome.padEnd(WIDTH)}  ${kind} ${name}`, ...details.map(detail => `${' '.repeat(WIDTH + 4)}${detail}`)];
}

function verdictOf({steps, dryRun}: SetupReport): string {
  const open = steps.filter(step => !isSetUp([step])).length;
  if (open > 0) {
    return `${count(open, 'step')} of ${steps.length} failed or conflicted. Fix them and run init again. Completed steps stay as they are.`;
  }
  return dryRun ? 'Nothing was changed. Run init without --dry-run to apply this.' : 'Port is set up. Next steps:';
}

/** Whether at least one automation posts changes, so that the next steps make sense. */
function hasAutomation({steps}: SetupReport): boolean {
  return steps.some(step => step.kind === 'automation' && isSetUp([step]));
}

function renderNext({text, commands}: NextStep, index: number): string[] {
  return [`${index + 1}. ${text}`, ...commands.map(command => `     ${command}`)];
}
