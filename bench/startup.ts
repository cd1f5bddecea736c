/** Startup: of the relay until it listens, and of the action from its start to its end, with the sizes of the bundles. */
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {type MemoryGitHub, startMemoryGitHub} from '../test/helpers/servers/memory-github.ts';
import {healthChange} from './messages.ts';
import {ACTION, EXPRESS, pathOf, RELAY, relayEnv} from './servers.ts';
import {median} from './stats.ts';
import {round, type Section, times} from './table.ts';

const RUNS = 21;
const MEMORY_COLD = fileURLToPath(new URL('./memory-cold.js', import.meta.url));

type Env = Readonly<Record<string, string>>;
type Name = 'express' | 'relay' | 'bare' | 'action' | 'remembering' | 'cold';

export async function benchStartup(): Promise<Section> {
  const slack = createServer((request, response) => request.resume().on('end', () => response.end('ok')));
  await new Promise<void>(resolve => slack.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/services/T0123456789/B0123456789/bench`;
  const folder = mkdtempSync(join(tmpdir(), 'port-reactor-bench-'));
  const github = await startMemoryGitHub();
  const took: Record<Name, number[]> = {express: [], relay: [], bare: [], action: [], remembering: [], cold: []};
  for (let n = 0; n <= RUNS; n++) {
    const round = {
      express: await timeToListening(EXPRESS, {}),
      relay: await timeToListening(RELAY, relayEnv('http://127.0.0.1:9')),
      bare: await timeToEnd(['-e', BARE], {SLACK_URL: url}),
      action: await timeToEnd([ACTION], actionEnv(folder, url, n)),
      remembering: await timeToEnd([ACTION], {...actionEnv(folder, url, n), ...memoryEnv(github)}),
      cold: coldMemoryMs(),
    };
    if (n > 0) for (const name of Object.keys(took) as Name[]) took[name].push(round[name]);
  }
  rmSync(folder, {recursive: true});
  slack.close();
  const {queries, mutations} = github.calls();
  await github.close();
  const size = (file: string) => `${Math.round(statSync(file).size / 1024)} KB`;
  const relayMs = median(took.relay);
  return {
    title: 'Start-up',
    method: `Medians of ${RUNS} alternating starts. The action decides one change by the sample rules and posts it to a local Slack. The bare script only makes that request.`,
    head: ['', 'result', 'target'],
    rows: [
      [
        'relay: start to listening',
        `${round(relayMs)} ms, ${times(relayMs / median(took.express))} bare Express`,
        '< 300 ms',
      ],
      [
        'action: start to end',
        `${round(median(took.action))} ms, ${times(median(took.action) / median(took.bare))} the bare script`,
        '≤ 1.25 × the bare script',
      ],
      [
        'the same with memory: start to end',
        `${round(median(took.remembering))} ms, ${round(queries / (RUNS + 1))} reads and ${round(mutations / (RUNS + 1))} writes`,
        '1 read before it acts',
      ],
      ['memory of 98 KB: parsed and decided on, once, CPU time', `${round(median(took.cold))} ms`, '< 5 ms for 88 KB'],
      ['dist/index.js (action)', size(ACTION), ''],
      ['dist/relay/index.js', size(RELAY), ''],
      ['dist/cli/index.js', size(pathOf('dist/cli/index.js')), ''],
    ],
  };
}

const BARE = `fetch(process.env.SLACK_URL, {
  method: 'POST',
  headers: {'content-type': 'application/json'},
  body: JSON.stringify({text: 'checkout: healthStatus Healthy → Degraded'}),
}).then(response => response.text());`;

async function timeToListening(file: string, env: Env): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [file], {
    env: {PATH: process.env['PATH'], ...env},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const piece of child.stdout) if (String(piece).includes('listening')) break;
  const took = performance.now() - startedAt;
  child.kill('SIGKILL');
  return took;
}

async function timeToEnd(args: readonly string[], env: Env): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {env: {PATH: process.env['PATH'], ...env}, stdio: 'ignore'});
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}`);
  return performance.now() - startedAt;
}

/** In a separate process, because a run of the action decides only once. */
function coldMemoryMs(): number {
  const {all} = JSON.parse(execFileSync(process.execPath, [MEMORY_COLD], {encoding: 'utf8'})) as {all: number};
  return all;
}

function memoryEnv(github: MemoryGitHub): Env {
  return {
    INPUT_MEMORY: 'on',
    'INPUT_GITHUB-TOKEN': 'token',
    GITHUB_API_URL: github.url,
    GITHUB_GRAPHQL_URL: github.graphqlUrl,
  };
}

/** @param n the number of the run. Each has a different entity, so that its change is not in the memory */
function actionEnv(folder: string, slackUrl: string, n: number): Env {
  const {runId, ...event} = healthChange(`checkout-${n}`, 1);
  const files = Object.fromEntries(
    ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE'].map(name => [
      name,
      join(folder, name),
    ]),
  );
  for (const file of Object.values(files)) writeFileSync(file, '');
  const eventPath = join(folder, 'event.json');
  writeFileSync(eventPath, '{}');
  return {
    ...files,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_EVENT_NAME: 'workflow_dispatch',
    GITHUB_REPOSITORY: 'acme/operations',
    GITHUB_RUN_ID: '42',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_WORKSPACE: pathOf('.'),
    RUNNER_TEMP: folder,
    HOME: folder,
    INPUT_RULES: '.github/port-reactor.yml',
    INPUT_MEMORY: 'off', // excludes the time of GitHub

    'INPUT_SLACK-WEBHOOK-URL': slackUrl,
    INPUT_EVENT: JSON.stringify(event),
  };
}
