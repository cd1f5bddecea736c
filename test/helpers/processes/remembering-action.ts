/** The built action with an incident memory: real local servers for GitHub, Slack and Port, and a script that counts its runs. */
import {shardOf} from '../../../src/memory/format/keys.ts';
import {parseMemory} from '../../../src/memory/format/parse.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../servers/memory-github.ts';
import {type PortServer, startPortServer} from '../servers/port-server.ts';
import {type SlackServer, startSlackServer} from '../servers/slack-server.ts';
import {aChange, type ChangeOptions} from '../values/changes.ts';
import {type ActionOptions, type ActionRun, runAction, type StartedAction, startAction} from './run-action.ts';

export interface Given extends ActionOptions {
  readonly changes?: readonly unknown[];
  readonly partition?: number | string;
  readonly runId?: string;
  readonly attempt?: string;
}

export const BLUEPRINT = 'deploymentConfig';

/** A time this many minutes ago. */
export const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

export function changeOf(options: ChangeOptions = {}) {
  return aChange({at: ago(2), entity: 'checkout', ...options});
}

export interface Stage {
  readonly github: MemoryGitHub;
  readonly slack: SlackServer;
  readonly port: PortServer;
  start(given: Given): Promise<StartedAction>;
  run(given: Given): Promise<ActionRun>;
  /** The number of starts of the script. */
  scriptRuns(): number;
  /** The messages, except those about results of scripts. */
  posts(): SlackServer['messages'];
  memoryOf(entity?: string): ReturnType<typeof validMemory>;
  portInputs(): Record<string, string>;
  close(): Promise<unknown>;
}

export async function startStage(): Promise<Stage> {
  const [github, slack, port] = await Promise.all([
    startMemoryGitHub('acme/ops'),
    startSlackServer(),
    startPortServer(),
  ]);
  const script = `#!/usr/bin/env bash\ncurl -s -X POST '${slack.url}/script' -d "$REACTOR_ENTITY" >/dev/null\n`;
  const optionsOf = ({changes = [changeOf()], partition = 3, runId = '42', attempt = '1', ...options}: Given) => ({
    scripts: {'fix.sh': script},
    event: {client_payload: {version: 1, title: 'title', partition, partitions: 4, changes}},
    ...options,
    inputs: {memory: 'on', 'slack-webhook-url': slack.webhook(), ...options.inputs},
    env: {
      GITHUB_API_URL: github.url,
      GITHUB_GRAPHQL_URL: github.graphqlUrl,
      GITHUB_RUN_ID: runId,
      GITHUB_RUN_ATTEMPT: attempt,
      ...options.env,
    },
  });
  return {
    github,
    slack,
    port,
    start: given => startAction(optionsOf(given)),
    run: given => runAction(optionsOf(given)),
    scriptRuns: () => slack.requests.filter(({path}) => path === '/script').length,
    posts: () => slack.messages.filter(({text}) => !text.startsWith('Remediation')),
    memoryOf: (entity = 'checkout') => validMemory(github, shardOf({blueprint: BLUEPRINT, entity})),
    portInputs: () => ({
      'port-client-id': port.credentials.clientId,
      'port-client-secret': port.credentials.clientSecret,
      'port-api-url': port.url,
    }),
    close: () => Promise.all([slack.close(), port.close(), github.close()]),
  };
}

function validMemory(github: MemoryGitHub, shard: number) {
  const parsed = parseMemory(github.text(shard) ?? '', shard);
  if (parsed.kind !== 'memory') throw new Error(`memory-${shard} is ${JSON.stringify(parsed)}`);
  return parsed.memory;
}
