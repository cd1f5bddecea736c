/** The functions of the action that a typical run calls: one change, one message to Slack. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';

const EVENT = {
  context: {blueprint: 'deploymentConfig', entity: 'checkout', runId: 'r_1'},
  diff: {
    before: {
      identifier: 'checkout',
      title: 'Checkout',
      blueprint: 'deploymentConfig',
      properties: {healthStatus: 'Healthy'},
    },
    after: {
      identifier: 'checkout',
      title: 'Checkout',
      blueprint: 'deploymentConfig',
      properties: {healthStatus: 'Restarting'},
    },
  },
  action: 'UPDATE',
  resourceType: 'entity',
  trigger: {by: {userId: 'auth0|1'}, at: '2026-03-02T09:15:00.000Z', origin: 'API'},
};

/**
 * Runs the action with V8's precise coverage, which records for every function whether it was called.
 * @param {string} file the bundle
 * @returns {Promise<Set<number>>} the offsets of the called functions in the text
 */
export async function findCalledFunctions(file) {
  const folder = mkdtempSync(join(tmpdir(), 'port-reactor-build-'));
  const slack = createServer((request, response) => request.resume().on('end', () => response.end('ok')));
  await once(slack.listen(0, '127.0.0.1'), 'listening');
  try {
    await run(file, folder, `http://127.0.0.1:${slack.address().port}/services/T0/B0/build`);
    const {functions} = readCoverage(join(folder, 'coverage')).find(
      ({url}) => url === pathToFileURL(resolve(file)).href,
    );
    return new Set(functions.filter(({ranges}) => ranges[0].count > 0).map(({ranges}) => ranges[0].startOffset));
  } finally {
    slack.close();
    rmSync(folder, {recursive: true});
  }
}

async function run(file, folder, slackUrl) {
  const files = Object.fromEntries(FILES.map(name => [name, join(folder, name)]));
  for (const path of Object.values(files)) writeFileSync(path, '{}');
  mkdirSync(join(folder, 'coverage'));
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...files,
      NODE_V8_COVERAGE: join(folder, 'coverage'),
      GITHUB_EVENT_NAME: 'workflow_dispatch',
      GITHUB_REPOSITORY: 'acme/operations',
      GITHUB_RUN_ID: '1',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_WORKSPACE: process.cwd(),
      RUNNER_TEMP: folder,
      INPUT_MEMORY: 'off',
      'INPUT_SLACK-WEBHOOK-URL': slackUrl,
      INPUT_EVENT: JSON.stringify(EVENT),
    },
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
}

const FILES = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_EVENT_PATH'];

function readCoverage(folder) {
  return readdirSync(folder).flatMap(name => JSON.parse(readFileSync(join(folder, name), 'utf8')).result);
}
