/** The command `send`: posts an event to the relay, like Port. */
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {Command} from 'commander';
import {messageOf, PayloadError, type Problem} from '../../base/errors.ts';
import {oneLine, showValue} from '../../base/text/show.ts';
import {incomingOf, parseEvent, unwrapEvent} from '../../change/event/incoming.ts';
import {decodeClientPayload, isClientPayload} from '../../change/payload/client-payload.ts';
import {parseInstant} from '../../rules/values/instant.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {momentMistake} from '../shared/at-option.ts';
import {readPortSecret} from '../shared/env/port-env.ts';
import {readRelay} from '../shared/env/relay-url.ts';
import {
  addChangeOptions,
  buildEvent,
  type ChangeOptions,
  eitherFileOrOptions,
  VALUES_HELP,
} from '../shared/input/change-options.ts';
import {unreadable} from '../shared/input/named-file.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {changeEvent} from './change-event.ts';
import {postWebhook} from './post-webhook.ts';
import {isAccepted, renderRelayAnswer} from './relay-answer.ts';

export interface SendOptions extends ChangeOptions {
  readonly relay?: string;
  readonly at?: string;
  readonly runId?: string;
  readonly json?: boolean;
}

const HELP = `
The event comes from a file (sent byte for byte), from standard input (-), or from the options. If it is a
client_payload or a dispatch of the relay, plain or packed, each of its changes is sent as a separate event.
${VALUES_HELP}

Environment:
  PORT_CLIENT_SECRET  the secret to sign with. If there are several, the first is used
  GITHUB_REPOSITORY   owner/name, for the link to the run

Examples:
  $ port-reactor send --relay http://localhost:3000 --entity notification-service-prod \\
      --property healthStatus --from Healthy --to Degraded
  $ port-reactor send --relay http://localhost:3000 --entity orders --blueprint database \\
      --property cpuUtil --from 62 --to 91
  $ port-reactor send --relay https://relay.example.com event.json
`;

export function createSendCommand(world: CliWorld): Command {
  const command = new Command('send')
    .description('sign an event and post it to the relay, like Port')
    .argument('[event.json]', 'a recorded event, or - for standard input')
    .option('--relay <url>', 'the URL of the relay');
  return addChangeOptions(command)
    .option('--at <time>', 'the time of the change, such as 2026-11-20T12:28:18.477Z (default: now)')
    .option('--run-id <id>', 'the automation run in Port that the action closes')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action((event: string | undefined, options: SendOptions) => send(event, options, world));
}

/** Exits with code 1 if the relay did not accept the event. @throws {UsageError} @throws {NetworkError} */
export async function send(eventFile: string | undefined, options: SendOptions, world: CliWorld): Promise<void> {
  const problems: Problem[] = [];
  const url = readRelay(options.relay, problems);
  const secret = readPortSecret(world.env, problems);
  const body = await readBody({eventFile, options}, world, problems);
  const bodies = problems.length > 0 ? [] : bodiesOf(body, problems);
  if (url === undefined || problems.length > 0) throw new UsageError('send', problems);
  for (const one of bodies) {
    const answer = await postWebhook({url, body: one, secret}, world);
    const result = {status: answer.status, answer: answer.answer};
    world.write(
      options.json
        ? `${printedJson(result)}\n`
        : renderRelayAnswer(answer, world.env['GITHUB_REPOSITORY'] || undefined),
    );
    if (!isAccepted(answer)) world.exitWith(1);
  }
}

/** The bodies to post: the event byte for byte, or one event for each change in a client_payload. */
function bodiesOf(text: string, problems: Problem[]): readonly string[] {
  try {
    const event = unwrapEvent(parseEvent(text, 'the event'));
    if (!isClientPayload(event)) return [text];
    const {changes} = incomingOf(decodeClientPayload(event).changes);
    for (const {id, truncated = []} of changes.filter(change => change.truncated !== undefined)) {
      const what = showValue(truncated.join(', '), 200);
      problems.push({
        message: `the event: change ${showValue(id, 60)} is truncated (${what}), so the original event cannot be sent`,
      });
    }
    return changes.map(change => JSON.stringify(changeEvent(change)));
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    if (!error.path.startsWith('client_payload')) return [text]; // the relay reports the mistake
    problems.push({message: `the event: ${error.message}`});
    return [];
  }
}

interface SendArguments {
  readonly eventFile: string | undefined;
  readonly options: SendOptions;
}

/** The text to send. Empty if a problem was added. */
async function readBody({eventFile, options}: SendArguments, world: CliWorld, problems: Problem[]): Promise<string> {
  if (eventFile === undefined) return buildBody(options, world, problems);
  eitherFileOrOptions(options, ['at', 'runId'], problems);
  return await readEvent(eventFile, world, problems);
}

async function readEvent(file: string, {cwd, readInput}: CliWorld, problems: Problem[]): Promise<string> {
  const name = file === '-' ? 'standard input' : file;
  try {
    const bytes = file === '-' ? await readInput() : readFileSync(resolve(cwd, file));
    return jsonIn(bytes, name, problems);
  } catch (error) {
    problems.push({message: unreadable({what: 'the event in', file: name, remedy: REMEDY}, error)});
    return '';
  }
}

const REMEDY = 'Pass a file with an event as JSON, or - for standard input';

/** Keeps the byte order mark, so that the same bytes are sent. */
function jsonIn(bytes: Uint8Array, name: string, problems: Problem[]): string {
  try {
    const text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
    JSON.parse(text);
    return text;
  } catch (error) {
    problems.push({message: `the event in ${name} is not JSON in UTF-8 (${oneLine(messageOf(error))})`});
    return '';
  }
}

const REQUIRED = ['entity', 'property', 'from', 'to'] as const;

function buildBody(options: SendOptions, {now}: CliWorld, problems: Problem[]): string {
  const at = options.at ?? new Date(now()).toISOString();
  if (parseInstant(at) === undefined) problems.push({message: momentMistake(at)});
  return buildEvent(options, {required: REQUIRED, at, runId: options.runId}, problems);
}
