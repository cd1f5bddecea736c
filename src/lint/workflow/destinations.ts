/** Lint: the Slack destinations that a step of a workflow configures. Pure. */
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import type {FoundProblem} from '../../rules/check/check-rules.ts';
import {isTemplated, scalarText} from '../written.ts';
import {expression, hasInput, literalInput, type ReactStep, withoutExpressions} from './workflow.ts';

export interface Destinations {
  readonly names: readonly string[];
  /** Whether these are all: not where GitHub fills in lines of which only it knows. */
  readonly isComplete: boolean;
  readonly mistakes: readonly FoundProblem[];
}

/** As src/action/inputs.ts reads them. */
export function destinationsOf(step: ReactStep): Destinations {
  const names = new Set(hasInput(step, 'slack-webhook-url') ? [DEFAULT_DESTINATION] : []);
  const mistakes: FoundProblem[] = [];
  let isComplete = true;
  for (const line of linesOf(step.inputs.get('slack-webhooks'))) {
    const name = /^([\w.-]+)\s*=/.exec(line)?.[1];
    if (name !== undefined && names.has(name)) mistakes.push(twice(step, line, name));
    else if (name !== undefined) for (const one of namesIn(line, name)) names.add(one);
    else if (isTemplated(line.slice(0, 3))) isComplete = false;
    else mistakes.push(malformed(step, line));
    if (name !== undefined && namesIn(line, name).length > 1) mistakes.push(several(step, line));
  }
  return {names: [...names], isComplete, mistakes: [...mistakes, ...checkSecrets(step), ...checkAddresses(step)]};
}

/** What several steps configure, taken together; undefined where there is no step, or where only GitHub knows. */
export function allDestinations(steps: readonly ReactStep[]): readonly string[] | undefined {
  const all = steps.map(destinationsOf);
  if (all.length === 0 || !all.every(({isComplete}) => isComplete)) return undefined;
  return [...new Set(all.flatMap(({names}) => names))];
}

function linesOf(text: unknown): string[] {
  const lines = scalarText(text).split('\n');
  return lines.map(line => line.trim()).filter(line => line !== '');
}

/** The first, and those that were written behind it, in the same line. */
function namesIn(line: string, first: string): string[] {
  const others = withoutExpressions(line).matchAll(/[\s,]([\w.-]+)\s*=/g);
  return [first, ...[...others].map(([, name = '']) => name)];
}

function several(step: ReactStep, line: string): FoundProblem {
  const message =
    'several destinations are in one line, which the action refuses; write one in each line, below `slack-webhooks: |` (`>` makes one line of all)';
  return at(step, 'slack-webhooks', line, message);
}

function malformed(step: ReactStep, line: string): FoundProblem {
  const message = `${/https?:/.test(line) ? 'a line' : `"${line}"`} is not name=url; write one destination in each line, as payments=${expression('secrets.SLACK_WEBHOOK_PAYMENTS')}`;
  return at(step, 'slack-webhooks', line, message);
}

function twice(step: ReactStep, line: string, name: string): FoundProblem {
  return at(step, 'slack-webhooks', line, `the destination "${name}" is given twice; rename one`);
}

/** Who has the address of a webhook can post as us. */
function checkSecrets(step: ReactStep): FoundProblem[] {
  return ['slack-webhook-url', 'slack-webhooks'].flatMap(name => {
    const [address] = /https:\/\/hooks\.slack\.com\/[^\s$]*/.exec(scalarText(step.inputs.get(name))) ?? [];
    if (address === undefined) return [];
    const message = `the address of a Slack webhook is a secret: whoever reads this file can post there; make a new one, keep it as a secret of the repository and write ${expression('secrets.SLACK_WEBHOOK_URL')}`;
    return [at(step, name, address, message)];
  });
}

/** A text that is written out can only be an address. Of one in braces or with a dollar, another check says more. */
function checkAddresses(step: ReactStep): FoundProblem[] {
  const more = linesOf(step.inputs.get('slack-webhooks')).flatMap(line => {
    const [, name, address = ''] = /^([\w.-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{input: 'slack-webhooks', part: line, address}];
  });
  const single = literalInput(step, 'slack-webhook-url');
  const all = [...(single === undefined ? [] : [{input: 'slack-webhook-url', part: single, address: single}]), ...more];
  return all
    .filter(({address}) => !/^https?:\/\/./i.test(address) && !/[{$%]/.test(address))
    .map(({input, part}) => at(step, input, part, NO_ADDRESS));
}

const NO_ADDRESS = `is not the address of a webhook, an http or https URL; keep the address as a secret of the repository and write ${expression('secrets.SLACK_WEBHOOK_URL')}`;

function at(step: ReactStep, input: string, part: string, message: string): FoundProblem {
  return {path: [...step.path, 'with', input], part, message};
}
