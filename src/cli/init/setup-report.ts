/** Report: what the setup of Port did, for people. Pure. */
import {count} from '../../base/text.ts';
import type {NextStep} from '../shared/next-step.ts';
import {isSetUp, type StepResult} from './apply-setup.ts';

export interface SetupReport {
  readonly dryRun: boolean;
  /** Of Port's API. */
  readonly api: string;
  /** Where Port posts to. */
  readonly webhook: string;
  readonly steps: readonly StepResult[];
  readonly warnings: readonly string[];
  readonly next: readonly NextStep[];
}

/** Lines for a terminal, each ended. */
export function renderSetup(report: SetupReport): string {
  const lines = [
    `${report.dryRun ? 'What init would do' : 'Setup'} at ${report.api}, for webhooks to ${report.webhook}:`,
    '',
    ...report.steps.flatMap(renderStep),
    ...report.warnings.flatMap(warning => ['', `Warning: ${warning}`]),
    '',
    verdictOf(report),
    ...(report.dryRun || !someAutomation(report) ? [] : ['', ...report.next.flatMap(renderNext)]),
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

/** One that reports changes is enough for the next steps. */
function someAutomation({steps}: SetupReport): boolean {
  return steps.some(step => step.kind === 'automation' && isSetUp([step]));
}

function renderNext({text, commands}: NextStep, index: number): string[] {
  return [`${index + 1}. ${text}`, ...commands.map(command => `     ${command}`)];
}
