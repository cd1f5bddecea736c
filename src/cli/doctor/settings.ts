/** Parses the environment into the settings of each check. */
import type {Bot, Destination} from '../../act/slack/post/slack.ts';
import {readSlack} from '../../action/slack-inputs.ts';
import {isReactorError, messageOf, type Problem} from '../../base/errors.ts';
import type {MemoryBranchesSettings} from '../../clients/memory/calls.ts';
import type {PortCredentials} from '../../clients/port.ts';
import {type RelaySettings, readRelaySettings} from '../../reconcile/settings.ts';
import {secretsOfAddress} from '../../secrets/secrets.ts';
import {connect, type GitHubEnv, readGitHubEnv, readMemoryEnv} from '../shared/env/github-env.ts';
import {readPortEnv, readPortSecret} from '../shared/env/port-env.ts';
import type {CliWorld} from '../shared/world.ts';
import {type Finding, failed, notChecked, withFullStop} from './finding.ts';

/** A value, or findings that explain why it is missing (`not-checked`) or not valid (`failed`). */
export type Setting<T> = {readonly value: T} | {readonly value?: never; readonly findings: readonly Finding[]};

export interface SlackSettings {
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly bot: Bot | undefined;
  readonly mistakes: readonly string[];
}

export interface DoctorSettings {
  readonly port: Setting<PortCredentials>;
  /** The secret with which Port signs. */
  readonly secret: Setting<string>;
  readonly github: Setting<GitHubEnv>;
  readonly memory: Setting<MemoryBranchesSettings>;
  readonly dispatch: Setting<RelaySettings>;
  readonly slack: SlackSettings;
}

type Env = CliWorld['env'];

/** Requests a token if a GitHub App is configured. Never rejects. */
export async function readSettings(world: Pick<CliWorld, 'env' | 'fetch' | 'now'>): Promise<DoctorSettings> {
  const {env} = world;
  return {
    port: setting(env, ['PORT_CLIENT_ID', 'PORT_CLIENT_SECRET'], problems => readPortEnv(env, problems)),
    secret: setting(env, ['PORT_CLIENT_SECRET'], problems => readPortSecret(env, problems)),
    ...(await readGitHub(world)),
    dispatch: setting(env, [], problems => readRelaySettings(env, problems)),
    slack: readSlackEnv(env),
  };
}

async function readGitHub(
  world: Pick<CliWorld, 'env' | 'fetch' | 'now'>,
): Promise<Pick<DoctorSettings, 'github' | 'memory'>> {
  const {env} = world;
  const credentials = env['GITHUB_APP_ID']?.trim() ? 'GITHUB_APP_ID' : 'GITHUB_TOKEN';
  const access = setting(env, ['GITHUB_REPOSITORY', credentials], problems => readGitHubEnv(env, problems));
  const memory = setting(env, [], problems => readMemoryEnv(env, problems));
  if (access.value === undefined) return {github: access, memory: access};
  try {
    const connected = await connect({access: access.value, memory: memory.value ?? {}, scope: 'all'}, world);
    const ofMemory = memory.value === undefined ? memory : {value: connected.memory};
    return {github: {value: connected.github}, memory: ofMemory};
  } catch (error) {
    if (!isReactorError(error)) throw error;
    const findings = [
      failed(withFullStop(messageOf(error)), 'Fix the GitHub App, or its variables here and in the relay.'),
    ];
    return {github: {findings}, memory: {findings}};
  }
}

/** Whether the environment allows no check at all. */
export function hasNothingToCheck({port, github, slack}: DoctorSettings, relay: string | undefined): boolean {
  const isSlackGiven = slack.destinations.size + slack.mistakes.length > 0;
  return [port, github].every(({value}) => value === undefined) && relay === undefined && !isSlackGiven;
}

/** @param names the variables that the value needs */
function setting<T>(env: Env, names: readonly string[], read: (problems: Problem[]) => T): Setting<T> {
  const missing = names.filter(name => !env[name]?.trim());
  if (missing.length > 0)
    return {findings: [notChecked(`${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`)]};
  const problems: Problem[] = [];
  const value = read(problems);
  if (problems.length === 0) return {value};
  return {
    findings: problems.map(({message}) =>
      failed(withFullStop(message), 'Fix the variable here, and for the relay and the workflow.'),
    ),
  };
}

/** The variables have the names and the values of the action's inputs. */
function readSlackEnv(env: Env): SlackSettings {
  const problems: Problem[] = [];
  const read = (input: string) => env[variableOf(input)]?.trim() || undefined;
  const slack = readSlack(read, problems);
  return {...slack, mistakes: problems.map(({message}) => message.replace(/`?(slack-[a-z-]+)`?/g, asVariable))};
}

function asVariable(_: string, input: string): string {
  return variableOf(input);
}

function variableOf(input: string): string {
  return input.toUpperCase().replaceAll('-', '_');
}

const SECRETS = ['PORT_CLIENT_SECRET', 'GITHUB_TOKEN', 'GITHUB_APP_PRIVATE_KEY', 'MEMORY_TOKEN', 'SLACK_BOT_TOKEN'];

/** The values to mask in the output. */
export function secretsIn(env: Env, {github, memory}: DoctorSettings): readonly string[] {
  const secrets = SECRETS.flatMap(name => (env[name] ?? '').split(',').map(secret => secret.trim()));
  const addresses = ['SLACK_WEBHOOK_URL', 'SLACK_WEBHOOKS'].flatMap(name => env[name]?.match(/https?:\/\/\S+/g) ?? []);
  const issued = [github, memory].flatMap(({value}) => value?.token ?? []);
  return [...secrets, ...issued, ...addresses.flatMap(secretsOfAddress)].filter(secret => secret !== '');
}
