/**
 * Runs the action as GitHub's runner does: with a clean environment, an input variable for every input of action.yml, and
 * existing command files. The built action runs in a child process. Most tests run the sources in this process, which is much faster.
 */
import {type ChildProcess, spawn} from 'node:child_process';
import {EventEmitter, once} from 'node:events';
import {readFileSync} from 'node:fs';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {parse} from 'yaml';
import {runStep} from '../../../src/action/step.ts';
import {fetch} from '../../../src/base/http/fetch.ts';
import {TRIES_ALL} from '../values/runs.ts';
import {temporaryDirectory, writeExecutable} from './run-script.ts';
import {type RunnerLog, readRunnerLog} from './runner-log.ts';

/** `ACTION_ENTRY` names another bundle, for example one that was just built. */
const ENTRY = process.env['ACTION_ENTRY'] ?? fileURLToPath(new URL('../../../dist/index.js', import.meta.url));
const ACTION = new URL('../../../action.yml', import.meta.url);
const DECLARED = parse(readFileSync(ACTION, 'utf8')) as {inputs: Record<string, {default?: string}>};
/** As the CI workflow does. */
const ALL_ARE_BUILT = TRIES_ALL || process.env['ACTION_ENTRY'] !== undefined;
const RULES = '.github/port-reactor.yml';

export interface ActionOptions {
  /** Runs `dist/` in a child process. Use it for behavior of the process, and for one test of each kind. */
  readonly isBuilt?: boolean;
  readonly inputs?: Readonly<Record<string, string>>;
  /** The content of the event file, written as JSON. A dispatch has `client_payload`. */
  readonly event?: unknown;
  /** The text of the rules file. If undefined, the file does not exist. */
  readonly rules?: string;
  /** Executable files of the workspace, by path. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Other files of the workspace, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ActionRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The workflow commands and other lines of stdout, as the runner reads them. */
  readonly log: RunnerLog;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The lines of the decision record. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read any part of a record
  readonly decisions: any[];
}

export interface StartedAction {
  readonly child: ChildProcess;
  /** The checkout, until {@link StartedAction.clean} removes it. */
  readonly workspace: string;
  readonly finished: Promise<ActionRun>;
  clean(): Promise<void>;
}

/** Runs the action and removes its files. Without `isBuilt`, it runs in this process, unless all cases are tried or ACTION_ENTRY is set. */
export async function runAction(options: ActionOptions): Promise<ActionRun> {
  const stage = await setStage(options);
  try {
    return await (ALL_ARE_BUILT || options.isBuilt ? startProcess(stage).finished : runHere(stage));
  } finally {
    await stage.remove();
  }
}

/** Starts the built action in a process that tests can end. */
export async function startAction(options: ActionOptions): Promise<StartedAction> {
  const stage = await setStage(options);
  return {...startProcess(stage), workspace: stage.workspace, clean: stage.remove};
}

interface Stage {
  readonly workspace: string;
  readonly files: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  remove(): Promise<void>;
}

/** Creates the files that the runner creates for a step. */
async function setStage(options: ActionOptions): Promise<Stage> {
  const {path: root, remove} = await temporaryDirectory();
  const workspace = join(root, 'work');
  const files = {
    GITHUB_EVENT_PATH: join(root, 'event.json'),
    GITHUB_OUTPUT: join(root, 'output'),
    GITHUB_STEP_SUMMARY: join(root, 'summary.md'),
    GITHUB_ENV: join(root, 'env'),
    GITHUB_PATH: join(root, 'path'),
    GITHUB_STATE: join(root, 'state'),
  };
  await mkdir(workspace);
  await Promise.all(Object.values(files).map(path => writeFile(path, '')));
  await writeFile(files.GITHUB_EVENT_PATH, JSON.stringify(options.event ?? {}));
  await fillWorkspace(workspace, options);
  const env = {...stepEnv(root, workspace, options.inputs ?? {}), ...files, ...options.env};
  return {workspace, files, env, remove};
}

function startProcess({workspace, files, env}: Stage): Pick<StartedAction, 'child' | 'finished'> {
  const child = spawn(process.execPath, [ENTRY], {cwd: workspace, env, stdio: ['ignore', 'pipe', 'pipe']});
  const [stdout, stderr] = [child.stdout, child.stderr].map(stream => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  }) as [() => string, () => string];
  const finished = once(child, 'close').then(([exitCode]) =>
    readRun({exitCode: exitCode as number | null, stdout: stdout(), stderr: stderr()}, files),
  );
  return {child, finished};
}

/** Runs the sources of the action in this process, which is much faster than a new one. Retries wait a tenth of their time. */
async function runHere({env, files}: Stage): Promise<ActionRun> {
  let stdout = '';
  const step = Object.assign(new EventEmitter(), {
    env,
    stdout: {write: (text: string) => (stdout += text)},
    exitCode: undefined as number | undefined,
  });
  await runStep(step, {
    fetch,
    now: Date.now,
    wait: (milliseconds, options) => wait(milliseconds / 10, undefined, options),
    loadGitHub: () => import('../../../src/clients/github/repository-files.ts'),
    loadCommand: () => import('../../../src/command-mode/command-mode.ts'),
    loadLint: () => import('../../../src/lint-mode/lint-mode.ts'),
    loadMemory: () => import('../../../src/memory/run/memory-run.ts'),
    loadReconcile: () => import('../../../src/reconcile/reconcile-mode.ts'),
    loadYaml: () => import('../../../src/rules/yaml/parse-yaml.ts'),
  });
  return readRun({exitCode: step.exitCode ?? 0, stdout, stderr: ''}, files);
}

async function fillWorkspace(workspace: string, {rules, scripts = {}, files = {}}: ActionOptions): Promise<void> {
  const texts = {...files, ...(rules === undefined ? {} : {[RULES]: rules})};
  for (const [name, text] of Object.entries({...scripts, ...texts})) {
    const path = join(workspace, name);
    await mkdir(dirname(path), {recursive: true});
    await (Object.hasOwn(texts, name) ? writeFile(path, text) : writeExecutable(path, text));
  }
}

/** The variables of a step. Only PATH comes from this process, because the runner of CI sets many others. */
function stepEnv(root: string, workspace: string, inputs: Readonly<Record<string, string>>) {
  const usually: Readonly<Record<string, string>> = {memory: 'off'}; // most tests have no GitHub server
  const given = Object.entries(DECLARED.inputs).map(([name, {default: usual = ''}]) => [
    `INPUT_${name.toUpperCase()}`,
    inputs[name] ?? usually[name] ?? usual.replace(/^\$\{\{ github\.token \}\}$/, 'ghs_the-token-of-the-job'),
  ]);
  return {
    PATH: process.env['PATH'],
    HOME: root,
    CI: 'true',
    RUNNER_TEMP: join(root, 'temp'),
    RUNNER_OS: 'Linux',
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'repository_dispatch',
    GITHUB_REPOSITORY: 'acme/ops',
    GITHUB_RUN_ID: '42',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: 'http://127.0.0.1:9', // no server listens here
    GITHUB_WORKSPACE: workspace,
    ACTIONS_RUNTIME_TOKEN: 'the-runtime-token',
    ...Object.fromEntries(given),
  };
}

async function readRun(
  ended: Pick<ActionRun, 'exitCode' | 'stdout' | 'stderr'>,
  files: Readonly<Record<string, string>>,
): Promise<ActionRun> {
  const outputs = readOutputs(await readFile(files['GITHUB_OUTPUT'] ?? '', 'utf8'));
  const record = outputs['decisions'] ? await readFile(outputs['decisions'], 'utf8') : '';
  return {
    ...ended,
    log: readRunnerLog(ended.stdout),
    outputs,
    summary: await readFile(files['GITHUB_STEP_SUMMARY'] ?? '', 'utf8'),
    decisions: record
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as unknown),
  };
}

/** `name<<delimiter`, the value, `delimiter`. */
function readOutputs(text: string): Record<string, string> {
  const values = text.matchAll(/^(.+?)<<(\S+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries(Array.from(values, ([, name, , value]) => [name, value]));
}
