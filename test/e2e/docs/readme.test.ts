/**
 * Follows the README exactly, from an empty repository to a Slack message: runs its commands in terminals and writes its
 * files unchanged. GitHub, Port, Slack and `gh` are local fakes.
 */
import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {hasAct, runOwnWorkflow} from '../../helpers/processes/act.ts';
import {writeExecutable} from '../../helpers/processes/run-script.ts';
import {openTerminal, type Terminal} from '../../helpers/processes/terminal.ts';
import {type GitHubServer, startGitHubServer} from '../../helpers/servers/github-server.ts';
import {startMemoryGitHub} from '../../helpers/servers/memory-github.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';
import {type SlackServer, startSlackServer} from '../../helpers/servers/slack-server.ts';

const ROOT = join(import.meta.dirname, '../../..');
const WRITTEN = readFileSync(join(ROOT, 'README.md'), 'utf8');
/** The README, with an account instead of the placeholder. */
const README = WRITTEN.replaceAll('OWNER', 'octo-org');
const RULES = '.github/port-reactor.yml';
const WORKFLOW = '.github/workflows/port-reactor.yml';

const home = mkdtempSync(join(tmpdir(), 'port-reactor-readme-'));
const operations = join(home, 'operations');
const remote = join(home, 'operations.git');
const action = join(home, 'published');

let github: GitHubServer;
let port: PortServer;
let slack: SlackServer;
let relayPort: number;
const terminals: Terminal[] = [];

beforeAll(async () => {
  [github, port, slack] = await Promise.all([startGitHubServer(), startPortServer(), startSlackServer()]);
  relayPort = await freePort();
  publish();
  git(home, 'init', '--bare', '--initial-branch', 'main', remote);
  git(home, 'init', '--initial-branch', 'main', operations);
  git(operations, 'commit', '--allow-empty', '--message', 'empty');
  git(operations, 'remote', 'add', 'origin', remote);
  git(operations, 'push', '--set-upstream', 'origin', 'main');
  // `gh secret set` prompts for the value. Here it comes from the environment.
  mkdirSync(join(home, 'bin'));
  await writeExecutable(join(home, 'bin/gh'), '#!/bin/bash\necho "$*" >>"$HOME/gh.log"\n');
});

afterAll(async () => {
  for (const terminal of terminals) terminal.close();
  await Promise.all([github.close(), port.close(), slack.close()]);
  rmSync(home, {recursive: true, force: true});
});

/** Publishes a clone of this project with the current `dist/`. */
function publish(): void {
  for (const name of ['action.yml', 'dist', 'package.json']) {
    cpSync(join(ROOT, name), join(action, name), {recursive: true});
  }
  git(action, 'init', '--initial-branch', 'main');
  git(action, 'add', '--all', '--force');
  git(action, 'commit', '--message', 'release');
}

/** The same identity as in the environment of the terminals. */
const IDENTITY = {
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

function git(cwd: string, ...args: string[]): string {
  const env = {PATH: process.env['PATH'] ?? '', HOME: home, ...IDENTITY};
  return execFileSync('git', args, {cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
}

function newTerminal(): Terminal {
  const terminal = openTerminal(home, {
    PATH: `${join(home, 'bin')}:${process.env['PATH']}`,
    HOME: home,
    ...IDENTITY,
    // The addresses of the fakes.
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.${action}.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://github.com/octo-org/port-reactor',
    GITHUB_API_URL: github.url,
    PORT_API_URL: port.url,
    PORT: String(relayPort),
    no_proxy: '127.0.0.1,localhost',
  });
  terminals.push(terminal);
  return terminal;
}

/** Fills in the values that the README shows as `NAME=…`. */
function fillIn(commands: string): string {
  const {clientId, clientSecret} = port.credentials;
  const values: Record<string, string> = {
    PORT_CLIENT_ID: clientId,
    PORT_CLIENT_SECRET: clientSecret,
    GITHUB_TOKEN: 'github_pat_0123456789',
  };
  return commands
    .replaceAll(/(\w+)=…/g, (_, name: string) => `${name}=${values[name] ?? 'the test has no value for it'}`)
    .replaceAll('localhost:3000', `localhost:${relayPort}`);
}

/** The code blocks of a section, in order and without their fences. */
function blocksOf(heading: string, language: string): string[] {
  const start = README.indexOf(`\n${heading}\n`);
  if (start === -1) throw new Error(`The README has no section "${heading}"`);
  const section = README.slice(start + heading.length).split(/\n##+ /)[0] ?? '';
  return [...section.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block);
}

function onlyBlockOf(heading: string, language: string): string {
  const [block, ...others] = blocksOf(heading, language);
  if (block === undefined || others.length > 0) throw new Error(`"${heading}" must have one block of ${language}`);
  return block;
}

function save(path: string, text: string): void {
  mkdirSync(dirname(join(operations, path)), {recursive: true});
  writeFileSync(join(operations, path), text);
}

test('leads from an empty repository to a message in Slack', async () => {
  if (WRITTEN !== README) expect(WRITTEN).toContain('Replace `OWNER`');
  const first = newTerminal();
  await first.run(fillIn(onlyBlockOf('## Adopt it in five minutes', 'sh')));

  expect(README).toMatch(new RegExp(`\`${RULES}\`:\n\n\`\`\`yaml\nversion: 1`));
  save(RULES, onlyBlockOf('### 1. Write rules', 'yaml'));
  expect(README).toMatch(new RegExp(`\`${WORKFLOW}\`:\n\n\`\`\`yaml\nname: Port Reactor`));
  save(WORKFLOW, onlyBlockOf('### 2. Add the workflow', 'yaml'));
  await expect(first.run(onlyBlockOf('### 2. Add the workflow', 'sh'))).resolves.toContain('no mistakes in 2 files\n');
  const names = [...readFileSync(join(home, 'gh.log'), 'utf8').matchAll(/secret set (\w+)/g)].map(([, name]) => name);
  expect(names).toEqual(secretsOf(readFileSync(join(operations, WORKFLOW), 'utf8')));
  for (const path of [RULES, WORKFLOW]) github.files.set(path, git(remote, 'show', `main:${path}`));

  await first.start(fillIn(onlyBlockOf('### 3. Start the relay', 'sh')), /"msg":"listening"/);

  const second = newTerminal();
  const [openings, dryRun, real] = splitBefore(fillIn(onlyBlockOf('### 4. Set up Port', 'sh')), 'port-reactor init');
  await second.run(openings);
  await expect(second.run(dryRun)).resolves.toContain('Nothing was changed.');
  expect(port.calls.filter(call => !call.startsWith('GET '))).toEqual([]);
  await expect(second.run(real)).resolves.toContain('Port is set up.');
  expect([...port.actions.keys()]).toEqual(['port_reactor_deploymentConfig']);
  expect([...port.entities.keys()]).toEqual(['deploymentConfig/notification-service-prod']);

  await expect(second.run(fillIn(onlyBlockOf('### 5. Try it', 'sh')))).resolves.toMatch(/^202 dispatched/);
  expect(github.dispatches).toMatchObject([{event_type: 'port-catalog-change'}]);
}, 60_000);

const testWithAct = hasAct ? test : test.skip;

testWithAct(
  'runs the workflow of the README on the dispatch',
  async () => {
    const [dispatch] = github.dispatches;
    const checkout = join(home, 'checkout');
    git(home, 'clone', remote, checkout);
    const memory = await startMemoryGitHub('acme/operations');
    const run = await runOwnWorkflow(
      checkout,
      {'octo-org/port-reactor@v1': action},
      {
        workflow: 'port-reactor.yml',
        eventName: 'repository_dispatch',
        event: {action: dispatch?.event_type, client_payload: dispatch?.client_payload},
        env: {GITHUB_API_URL: memory.url, GITHUB_GRAPHQL_URL: memory.graphqlUrl},
        secrets: {SLACK_WEBHOOK_URL: slack.webhook(), GITHUB_TOKEN: 'ghs_token'},
      },
    );
    await memory.close();
    expect({exitCode: run.exitCode, log: run.exitCode === 0 ? '' : run.log}).toEqual({exitCode: 0, log: ''});
    expect(slack.messages.map(({text}) => text)).toEqual([expect.stringContaining('notification-service-prod')]);
  },
  60_000,
);

/** The names of the secrets that a workflow reads. */
function secretsOf(workflow: string): (string | undefined)[] {
  return [...workflow.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
}

/** The text before the first line that starts with `start`, and then each such line with the text after it. */
function splitBefore(text: string, start: string): [string, string, string] {
  const parts = text.split(new RegExp(`^(?=${start})`, 'm'));
  if (parts.length !== 3) throw new Error(`The block must have two lines that start with ${start}`);
  return parts as [string, string, string];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
