import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {Children} from '../../../src/demo/children.ts';
import {createActions} from '../../../src/demo/fakes/actions.ts';
import {INPUTS} from '../../../src/demo/fakes/runner.ts';
import {type EndedRun, History} from '../../../src/demo/history.ts';

let folder: string;
let children: Children;
let history: History;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
  mkdirSync(join(folder, 'repository', '.github'), {recursive: true});
  writeFileSync(join(folder, 'repository', RULES), 'version: 1\n');
  children = new Children();
  history = new History();
});
afterEach(async () => {
  await children.stop();
  rmSync(folder, {recursive: true});
});

const RULES = '.github/port-reactor.yml';
const SLACK = 'http://127.0.0.1:9/services/T0/B0/secret';

/** A fake of Actions with the script as its action. */
function actionsWith(script: string) {
  const action = join(folder, 'action.mjs');
  writeFileSync(action, script);
  const locations = {root: join(folder, 'repository'), action, relay: '', files: [RULES]};
  const runner = {
    locations,
    repository: 'acme/ops',
    serverUrl: 'http://127.0.0.1:9',
    token: 'a-token',
    tools: '/tools',
    hostPath: process.env['PATH'] ?? '',
  };
  const slack = {createWebhook: () => ({url: SLACK, posts: []}), close: async () => {}};
  const dispatch = createActions(runner, join(folder, 'out'), {history, slack, children, now: Date.now});
  return (payload: Record<string, unknown>) => dispatch({eventType: 'port-catalog-change', payload, bytes: 1});
}

async function ends(count: number): Promise<EndedRun[]> {
  const all = await history.until(({runs}) => {
    const ended = runs.flatMap(run => run.ended ?? []);
    return ended.length >= count ? ended : undefined;
  }, 10_000);
  return all ?? [];
}

async function run(script: string, payload: Record<string, unknown> = {}): Promise<EndedRun> {
  actionsWith(script)(payload);
  const [ended] = await ends(1);
  if (ended === undefined) throw new Error('the run did not end');
  return ended;
}

const CORE = `
import {appendFileSync, readFileSync, existsSync, writeFileSync} from 'node:fs';
const {env} = process;
const event = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, 'utf8'));
`;

describe('a run', () => {
  test('has the event, checkout, inputs and command files of GitHub', async () => {
    const {outputs, event, summary, exitCode, log} = await run(
      `${CORE}
      appendFileSync(env.GITHUB_OUTPUT, 'rules<<X\\n' + readFileSync(env.GITHUB_WORKSPACE + '/' + env.INPUT_RULES, 'utf8') + 'X\\n');
      appendFileSync(env.GITHUB_OUTPUT, 'title=' + event.client_payload.title + '\\n');
      appendFileSync(env.GITHUB_STEP_SUMMARY, '<h2>x</h2>');
      console.log('hello');
      console.error('::warning::careful');`,
      {title: 'a title', partition: 3},
    );
    expect(outputs).toEqual({rules: 'version: 1', title: 'a title'});
    expect(event).toMatchObject({action: 'port-catalog-change', client_payload: {title: 'a title'}});
    expect([summary, exitCode]).toEqual(['<h2>x</h2>', 0]);
    expect(log.map(({kind, text}) => `${kind} ${text}`)).toEqual(
      expect.arrayContaining(['text hello', 'warning careful']),
    );
    expect(history.runs[0]).toMatchObject({
      id: 1,
      title: 'a title',
      group: 'port-reactor-partition-3',
      state: 'success',
    });
  });

  test('gets only PATH from this machine, after the fake tools', async () => {
    process.env['DEMO_TEST_SECRET'] = 'x';
    const {log} = await run(
      'for (const name of Object.keys(process.env).sort()) console.log(name); console.log(process.env.PATH)',
    );
    delete process.env['DEMO_TEST_SECRET'];
    const names = log.map(({text}) => text);
    expect(names).not.toContain('DEMO_TEST_SECRET');
    expect(names.filter(name => !/^(INPUT|GITHUB|RUNNER)_|^NODE_V8_COVERAGE$/.test(name)).slice(-7)).toEqual([
      'CI',
      'DATABASE_URL',
      'HOME',
      'KUBECONFIG',
      'LANG',
      'PATH',
      `/tools:${process.env['PATH']}`,
    ]);
  });

  test('removes secrets from everything that it returns', async () => {
    const {log, outputs, summary} = await run(
      `${CORE}
      const secret = env['INPUT_SLACK-WEBHOOK-URL'];
      console.log(secret);
      appendFileSync(env.GITHUB_OUTPUT, 'x=' + secret + '\\n');
      appendFileSync(env.GITHUB_STEP_SUMMARY, secret + env['INPUT_GITHUB-TOKEN']);`,
    );
    expect(JSON.stringify([log, outputs, summary])).not.toMatch(/secret|a-token/);
    expect([outputs, summary]).toEqual([{x: '***'}, '******']);
  });

  test('fails with an error if the action fails', async () => {
    const {exitCode, log} = await run('console.log("::error::no"); process.exitCode = 3;');
    expect(exitCode).toBe(3);
    expect(log.filter(({kind}) => kind === 'error').map(({text}) => text)).toEqual([
      'no',
      'Process completed with exit code 3.',
    ]);
    expect(history.runs[0]?.state).toBe('failure');
  });

  test('fails if its outputs are invalid', async () => {
    const {log, outputs} = await run(`${CORE} appendFileSync(env.GITHUB_OUTPUT, 'nonsense\\n')`);
    expect(outputs).toEqual({});
    expect(log.at(-1)).toMatchObject({
      kind: 'error',
      text: expect.stringMatching(/Unable to process file command 'output'/),
    });
  });
});

test('runs of one concurrency group run one after the other, and other groups in parallel', async () => {
  const dispatch = actionsWith(
    `${CORE}
    const {name, folder, waitsFor, makes} = event.client_payload;
    appendFileSync(folder + '/order', name + ' starts\\n');
    while (waitsFor && !existsSync(folder + '/' + waitsFor)) await new Promise(resolve => setTimeout(resolve, 5));
    if (makes) writeFileSync(folder + '/' + makes, '');
    appendFileSync(folder + '/order', name + ' ends\\n');`,
  );
  dispatch({name: 'first', partition: 1, folder, waitsFor: 'mark'});
  dispatch({name: 'second', partition: 1, folder});
  dispatch({name: 'other', partition: 2, folder, makes: 'mark'}); // the first run waits for it
  expect((await ends(3)).map(({exitCode}) => exitCode)).toEqual([0, 0, 0]);
  const order = readFileSync(join(folder, 'order'), 'utf8')
    .split('\n')
    .filter(line => /first|second/.test(line));
  expect(order).toEqual(['first starts', 'first ends', 'second starts', 'second ends']);
});

test('the runner has the inputs of action.yml with their defaults', () => {
  const {inputs} = parse(readFileSync('action.yml', 'utf8')) as {inputs: Record<string, {default?: string}>};
  const defaults = Object.entries(inputs).map(([name, input]) => [
    name,
    name === 'github-token' ? '' : (input.default ?? ''),
  ]);
  expect(INPUTS).toEqual(Object.fromEntries(defaults));
});
