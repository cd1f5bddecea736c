/** Lint: the Slack destinations that a step of a workflow configures. Pure. */
import {isChannelId} from '../../act/slack/post/channel-id.ts';
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {isTemplated, scalarText} from '../written.ts';
import {expression, hasInput, literalInput, type ReactStep, withoutExpressions} from './workflow.ts';

export interface Destinations {
  readonly names: readonly string[];
  /** Whether these are all destinations. False if an expression adds lines. */
  readonly isComplete: boolean;
  readonly mistakes: readonly FoundProblem[];
}

/** Reads destinations like src/action/slack-inputs.ts. If a webhook and a channel have the same name, the channel is used. */
export function destinationsOf(step: ReactStep): Destinations {
  const webhooks = listedIn(step, 'slack-webhooks', hasInput(step, 'slack-webhook-url') ? [DEFAULT_DESTINATION] : []);
  const channels = listedIn(step, 'slack-channels', []);
  return {
    names: [...new Set([...webhooks.names, ...channels.names])],
    isComplete: webhooks.isComplete && channels.isComplete,
    mistakes: [
      ...webhooks.mistakes,
      ...channels.mistakes,
      ...checkSecrets(step),
      ...checkAddresses(step),
      ...checkBot(step),
      ...checkChannels(step),
    ],
  };
}

type ListInput = 'slack-webhooks' | 'slack-channels';

/** The names in an input with one destination per line. @param known the names that are already in use */
function listedIn(step: ReactStep, input: ListInput, known: readonly string[]): Destinations {
  const names = new Set(known);
  const mistakes: FoundProblem[] = [];
  let isComplete = true;
  for (const line of linesOf(step.inputs.get(input))) {
    const name = /^([\w.-]+)\s*=/.exec(line)?.[1];
    const place = {step, input, part: line};
    if (name !== undefined && names.has(name)) mistakes.push(duplicate(place, name));
    else if (name !== undefined) for (const one of namesIn(line, name)) names.add(one);
    else if (isTemplated(line.slice(0, 3))) isComplete = false;
    else mistakes.push(malformed(place));
    if (name !== undefined && namesIn(line, name).length > 1) mistakes.push(several(place));
  }
  return {names: [...names], isComplete, mistakes};
}

/**
 * The union of the destinations of several steps. Undefined if there is no step, or if some names are known only at run time.
 */
export function allDestinations(steps: readonly ReactStep[]): readonly string[] | undefined {
  const all = steps.map(destinationsOf);
  if (all.length === 0 || !all.every(({isComplete}) => isComplete)) return undefined;
  return [...new Set(all.flatMap(({names}) => names))];
}

function linesOf(text: unknown): string[] {
  const lines = scalarText(text).split('\n');
  return lines.map(line => line.trim()).filter(line => line !== '');
}

/** The first name, and others in the same line. */
function namesIn(line: string, first: string): string[] {
  const others = withoutExpressions(line).matchAll(/[\s,]([\w.-]+)\s*=/g);
  return [first, ...[...others].map(([, name = '']) => name)];
}

/** A line of an input. */
interface InputLine {
  readonly step: ReactStep;
  readonly input: ListInput;
  readonly part: string;
}

function several(line: InputLine): FoundProblem {
  const message = `several destinations are in one line, which the action rejects. Write one per line, below \`${line.input}: |\` (\`>\` joins all lines).`;
  return at(line, message);
}

const FORMS: Record<ListInput, string> = {
  'slack-webhooks': `name=url. Write one destination per line, for example payments=${expression('secrets.SLACK_WEBHOOK_PAYMENTS')}.`,
  'slack-channels': 'name=C0123. Write one destination per line, for example payments=C0123ABCD.',
};

function malformed(line: InputLine): FoundProblem {
  return at(line, `${/https?:/.test(line.part) ? 'a line' : `"${line.part}"`} is not ${FORMS[line.input]}`);
}

function duplicate(line: InputLine, name: string): FoundProblem {
  return at(line, `the destination "${name}" appears twice. Rename one.`);
}

/** Checks the bot token, which needs channels and must be a secret, because everyone who has it can post as the app. */
function checkBot(step: ReactStep): FoundProblem[] {
  const [hasToken, hasChannels] = [hasInput(step, 'slack-bot-token'), hasInput(step, 'slack-channels')];
  const [token] = /xox[a-z]-[\w-]+/.exec(scalarText(step.inputs.get('slack-bot-token'))) ?? [];
  const secret = `the bot token is a secret: everyone who can read this file can post as the app. Create a new token, store it as a secret of the repository, and write ${expression('secrets.SLACK_BOT_TOKEN')}.`;
  return [
    ...(token === undefined ? [] : [at({step, input: 'slack-bot-token', part: token}, secret)]),
    ...(hasToken && !hasChannels
      ? [whole(step, 'slack-bot-token', 'has no effect without `slack-channels`. Add lines of name=C0123.')]
      : []),
    ...(hasChannels && !hasToken
      ? [
          whole(
            step,
            'slack-channels',
            `needs \`slack-bot-token\`. Add it as ${expression('secrets.SLACK_BOT_TOKEN')}.`,
          ),
        ]
      : []),
  ];
}

function checkChannels(step: ReactStep): FoundProblem[] {
  return linesOf(step.inputs.get('slack-channels')).flatMap(line => {
    const [, channel = ''] = /^[\w.-]+\s*=\s*(\S+)$/.exec(line) ?? [];
    if (channel === '' || /[{$%]/.test(channel) || isChannelId(channel)) return [];
    const message =
      "is not a channel ID. Use an ID such as C0123ABCD. Slack shows it at the end of the channel's details.";
    return [at({step, input: 'slack-channels', part: channel}, message)];
  });
}

function whole(step: ReactStep, input: string, message: string): FoundProblem {
  return {path: [...step.path, 'with', input], atKey: true, message};
}

/** Reports webhook addresses, because everyone who has the address can post as the app. */
function checkSecrets(step: ReactStep): FoundProblem[] {
  return ['slack-webhook-url', 'slack-webhooks'].flatMap(input => {
    const [address] = /https:\/\/hooks\.slack\.com\/[^\s$]*/.exec(scalarText(step.inputs.get(input))) ?? [];
    if (address === undefined) return [];
    const message = `the URL of a Slack webhook is a secret: everyone who can read this file can post there. Create a new webhook, store its URL as a secret of the repository, and write ${expression('secrets.SLACK_WEBHOOK_URL')}.`;
    return [at({step, input, part: address}, message)];
  });
}

/** Reports literal texts that are not an address. Another check reports texts with braces or a dollar sign. */
function checkAddresses(step: ReactStep): FoundProblem[] {
  const more = linesOf(step.inputs.get('slack-webhooks')).flatMap(line => {
    const [, name, address = ''] = /^([\w.-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{input: 'slack-webhooks', part: line, address}];
  });
  const single = literalInput(step, 'slack-webhook-url');
  const all = [...(single === undefined ? [] : [{input: 'slack-webhook-url', part: single, address: single}]), ...more];
  return all
    .filter(({address}) => !/^https?:\/\/./i.test(address) && !/[{$%]/.test(address))
    .map(({input, part}) => at({step, input, part}, NO_ADDRESS));
}

const NO_ADDRESS = `is not the http or https URL of a webhook. Store the URL as a secret of the repository, and write ${expression('secrets.SLACK_WEBHOOK_URL')}.`;

/** @param part the part of the input at whose line the problem is reported */
function at(
  {step, input, part}: {readonly step: ReactStep; readonly input: string; readonly part: string},
  message: string,
): FoundProblem {
  return {path: [...step.path, 'with', input], part, message};
}
