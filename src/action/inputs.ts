/** Parse: the step's inputs → {@link Inputs}. Masks secrets before other code reads them. */

import type {Bot, Destination} from '../act/slack/post/slack.ts';
import type {Core} from '../base/deps.ts';
import {ConfigError, type Problem} from '../base/errors.ts';
import {isHttpUrl} from '../base/http/url.ts';
import type {PortCredentials} from '../clients/port-call.ts';
import {loginSecrets, secretsOfAddress} from '../secrets/secrets.ts';
import {readSlack, SECRET_HINT} from './slack-inputs.ts';

export interface Inputs {
  /** Relative to the workspace. */
  readonly rules: string;
  /** The targets of Slack messages, by name. */
  readonly destinations: ReadonlyMap<string, Destination>;
  /** The bot that posts to channels. Undefined if only webhooks are configured. */
  readonly bot: Bot | undefined;
  /** The text of the `event` input, if it is set. */
  readonly event: string | undefined;
  readonly githubToken: string | undefined;
  readonly port: PortCredentials | undefined;
  readonly portApiUrl: string;
  readonly dryRun: boolean;
  readonly memory: MemoryInputs;
  /** `lint` checks the files of the workspace. `command` runs the command of an issue. `reconcile` finds lost changes. */
  readonly mode: Mode;
  /** Texts that must not leave the runner, including texts that the runner does not mask. */
  readonly secrets: readonly string[];
  /** Errors in the destinations and Port credentials. The invalid ones are ignored, and the step continues. */
  readonly error: ConfigError | undefined;
}

/** The location of the incident memory, and whether it is used. */
interface MemoryInputs {
  readonly isOn: boolean;
  readonly token: string | undefined;
  /** "owner/name". Absent: this repository. */
  readonly repository: string | undefined;
}

const MODES = ['react', 'lint', 'clock', 'command', 'reconcile'] as const;
type Mode = (typeof MODES)[number];

type InputCore = Pick<Core, 'getInput' | 'setSecret'>;

/**
 * Reads and checks the inputs of action.yml.
 * @throws {ConfigError} with all problems, if an input that determines the work of the step is invalid
 */
export function readInputs(core: InputCore): Inputs {
  const read = (name: string): string | undefined => core.getInput(name) || undefined;
  const secrets = [
    ...SECRET_INPUTS.flatMap(name => secretsIn(read(name))),
    ...loginSecrets(readApiUrl(read)),
    ...loginSecrets(read('slack-api-url') ?? ''),
  ];
  for (const secret of secrets) core.setSecret(secret);
  const [problems, unclear]: [Problem[], Problem[]] = [[], []];
  const inputs = {
    rules: read('rules') ?? '.github/port-reactor.yml',
    ...readSlack(read, problems),
    event: read('event'),
    githubToken: read('github-token'),
    port: readPort(read, problems),
    portApiUrl: readApiUrl(read),
    dryRun: readBoolean(read('dry-run'), unclear),
    memory: readMemory(read, unclear),
    mode: readMode(read('mode'), unclear),
    secrets,
  };
  const all = [...unclear, ...problems];
  const error = all.length === 0 ? undefined : new ConfigError("The action's inputs can't be used:", all);
  if (error !== undefined && unclear.length > 0) throw error;
  return {...inputs, error};
}

const SECRET_INPUTS = [
  'slack-webhook-url',
  'slack-webhooks',
  'slack-bot-token',
  'port-client-secret',
  'github-token',
  'memory-token',
];

/** The runner masks only exact texts. So each line is a secret, and so is each part of an address that identifies it. */
function secretsIn(value: string | undefined): string[] {
  const lines = (value ?? '').split('\n').map(line => line.trim());
  return lines.flatMap(line => {
    const [, address] = /^[\w.-]+\s*=\s*(\S+)$/.exec(line) ?? [];
    return address === undefined ? secretsOfAddress(line) : [line, ...secretsOfAddress(address)];
  });
}

function readPort(read: (name: string) => string | undefined, problems: Problem[]): PortCredentials | undefined {
  const [clientId, clientSecret] = [read('port-client-id'), read('port-client-secret')];
  const apiUrl = readApiUrl(read);
  const isUrl = isHttpUrl(apiUrl);
  if (!isUrl) problems.push({message: 'port-api-url: must be an http or https URL, for example https://api.port.io'});
  if (clientId !== undefined && clientSecret !== undefined) return isUrl ? {clientId, clientSecret, apiUrl} : undefined;
  if (clientId !== undefined || clientSecret !== undefined) {
    const missing = clientId === undefined ? 'port-client-id' : 'port-client-secret';
    problems.push({message: `${missing}: is missing. Set both Port inputs, or neither. ${SECRET_HINT}`});
  }
  return undefined;
}

function readMemory(read: (name: string) => string | undefined, unclear: Problem[]): MemoryInputs {
  const [memory = 'on', repository] = [read('memory')?.toLowerCase(), read('memory-repository')];
  // YAML 1.1, which some tools still write, reads `on` as true and `off` as false
  if (!['on', 'off', 'true', 'false'].includes(memory)) unclear.push({message: 'memory: must be on or off'});
  if (repository !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(repository))
    unclear.push({message: 'memory-repository: must be owner/name'});
  const isOn = memory === 'on' || memory === 'true';
  return {isOn, token: read('memory-token') ?? read('github-token'), repository};
}

function readApiUrl(read: (name: string) => string | undefined): string {
  return (read('port-api-url') ?? 'https://api.port.io').replace(/\/+$/, '');
}

/** The values of YAML 1.2's core schema, as `core.getBooleanInput` accepts them. */
function readBoolean(text: string | undefined, problems: Problem[]): boolean {
  if (text !== undefined && !/^(true|false)$/i.test(text)) problems.push({message: 'dry-run: must be true or false'});
  return text?.toLowerCase() === 'true';
}

function readMode(text: string | undefined, problems: Problem[]): Mode {
  const mode = MODES.find(one => one === (text ?? 'react'));
  if (mode === undefined) problems.push({message: `mode: must be one of ${MODES.join(', ')}`});
  return mode ?? 'react';
}
