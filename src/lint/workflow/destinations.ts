/** Lint: the Slack destinations that a step of a workflow configures. Pure. */
import {isChannelId} from '../../act/slack/post/channel-id.ts';
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {isTemplated, scalarText} from '../written.ts';
import {expression, hasInput, literalInput, type ReactStep, withoutExpressions} from './workflow.ts';

export interface Destinations {
  readonly names: readonly string[];
  /** Whether these are all: not if GitHub fills in lines. */
  readonly isComplete: boolean;
  readonly mistakes: readonly FoundProblem[];
}

/** As src/action/slack-inputs.ts reads them. A webhook and a channel may have one name: the channel is used. */
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

/** The names that an input with a destination in each line gives. @param known those that are taken */
function listedIn(step: ReactStep, input: ListInput, known: readonly string[]): Destinations {
  const names = new Set(known);
  const mistakes: FoundProblem[] = [];
  let isComplete = true;
  for (const line of linesOf(step.inputs.get(input))) {
    const name = /^([\w.-]+)\s*=/.exec(line)?.[1];
    const place = {step, input, part: line};
    if (name !== undefined && names.has(name)) mistakes.push(twice(place, name));
    else if (name !== undefined) for (const one of namesIn(line, name)) names.add(one);
    else if (isTemplated(line.slice(0, 3))) isComplete = false;
    else mistakes.push(malformed(place));
    if (name !== undefined && namesIn(line, name).length > 1) mistakes.push(several(place));
  }
  return {names: [...names], isComplete, mistakes};
}

/** What several steps configure, taken together. Undefined if there is no step, or if only GitHub knows. */
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

/** A line of an input. */
interface InputLine {
  readonly step: ReactStep;
  readonly input: ListInput;
  readonly part: string;
}

function several(line: InputLine): FoundProblem {
  const message = `several destinations are in one line, which the action refuses. Write one in each line, below \`${line.input}: |\` (\`>\` makes one line of all).`;
  return at(line, message);
}

const FORMS: Record<ListInput, string> = {
  'slack-webhooks': `name=url. Write one destination in each line, as payments=${expression('secrets.SLACK_WEBHOOK_PAYMENTS')}.`,
  'slack-channels': 'name=C0123. Write one destination in each line, as payments=C0123ABCD.',
};

function malformed(line: InputLine): FoundProblem {
  return at(line, `${/https?:/.test(line.part) ? 'a line' : `"${line.part}"`} is not ${FORMS[line.input]}`);
}

function twice(line: InputLine, name: string): FoundProblem {
  return at(line, `the destination "${name}" is given twice. Rename one.`);
}

/** The token and the channels need each other. Everyone who has the token can post as the app. */
function checkBot(step: ReactStep): FoundProblem[] {
  const [hasToken, hasChannels] = [hasInput(step, 'slack-bot-token'), hasInput(step, 'slack-channels')];
  const [token] = /xox[a-z]-[\w-]+/.exec(scalarText(step.inputs.get('slack-bot-token'))) ?? [];
  const secret = `the bot token is a secret: whoever reads this file can post as the app. Make a new one, keep it as a secret of the repository and write ${expression('secrets.SLACK_BOT_TOKEN')}.`;
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

/** Anyone who has the address of a webhook can post as the app. */
function checkSecrets(step: ReactStep): FoundProblem[] {
  return ['slack-webhook-url', 'slack-webhooks'].flatMap(input => {
    const [address] = /https:\/\/hooks\.slack\.com\/[^\s$]*/.exec(scalarText(step.inputs.get(input))) ?? [];
    if (address === undefined) return [];
    const message = `the address of a Slack webhook is a secret: whoever reads this file can post there. Make a new one, keep it as a secret of the repository and write ${expression('secrets.SLACK_WEBHOOK_URL')}.`;
    return [at({step, input, part: address}, message)];
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
    .map(({input, part}) => at({step, input, part}, NO_ADDRESS));
}

const NO_ADDRESS = `is not the address of a webhook, an http or https URL. Keep the address as a secret of the repository and write ${expression('secrets.SLACK_WEBHOOK_URL')}.`;

/** @param part of the input's text: the problem is reported at its line */
function at(
  {step, input, part}: {readonly step: ReactStep; readonly input: string; readonly part: string},
  message: string,
): FoundProblem {
  return {path: [...step.path, 'with', input], part, message};
}
