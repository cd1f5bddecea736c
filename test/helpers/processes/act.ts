/**
 * Runs a workflow file of this repository with act (https://nektosact.com), each job as a plain process on this machine, without
 * containers. It works in a copy of the repository that contains what the workflow needs. It does not use the network:
 * act skips `actions/checkout`, and `actions/upload-artifact` is replaced by a local action that copies the file.
 */
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const UPLOAD_ARTIFACT = /actions\/upload-artifact@[0-9a-f]{40}/;

export const hasAct = spawnSync('act', ['--version']).status === 0;

export interface ActRun {
  readonly exitCode: number | null;
  readonly log: string;
  /** The uploaded texts, by file name. */
  readonly artifacts: Readonly<Record<string, string>>;
}

export interface ActJob {
  /** File name in `.github/workflows`. */
  readonly workflow: string;
  readonly eventName: 'repository_dispatch' | 'workflow_dispatch' | 'pull_request' | 'issues';
  /** The content of the file at `GITHUB_EVENT_PATH`. */
  readonly event: unknown;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Variables of all steps. They override those of the runner. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text files that replace files of the copy, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Runs a workflow of this repository, in a copy. */
export function runWithAct(job: ActJob): Promise<ActRun> {
  return inFolder(folder => runInRepository({repository: copyRepository(folder, job), folder, job}));
}

/**
 * Runs a workflow of a user's repository, in a copy.
 * @param actions the folders that replace actions, by the value of `uses:`
 */
export function runOwnWorkflow(
  repository: string,
  actions: Readonly<Record<string, string>>,
  job: ActJob,
): Promise<ActRun> {
  return inFolder(folder => {
    const copy = join(folder, 'repository');
    cpSync(repository, copy, {recursive: true, filter: path => !path.endsWith('/.git')});
    return runInRepository({repository: commitCopy(copy, job), folder, job, actions});
  });
}

async function inFolder(work: (folder: string) => Promise<ActRun>): Promise<ActRun> {
  const folder = mkdtempSync(join(tmpdir(), 'port-reactor-act-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

interface Prepared {
  readonly repository: string;
  /** The parent folder of the repository. */
  readonly folder: string;
  readonly job: ActJob;
  readonly actions?: Readonly<Record<string, string>>;
}

async function runInRepository({repository, folder, job, actions = {}}: Prepared): Promise<ActRun> {
  mkdirSync(join(folder, 'artifacts'));
  const text = readFileSync(join(repository, '.github/workflows', job.workflow), 'utf8');
  const uploadArtifact = UPLOAD_ARTIFACT.exec(text)?.[0];
  const args = [
    job.eventName,
    ...['--eventpath', write(join(folder, 'event.json'), JSON.stringify(job.event))],
    ...['--workflows', `.github/workflows/${job.workflow}`],
    ...['--platform', 'ubuntu-slim=-self-hosted', '--platform', 'ubuntu-24.04=-self-hosted'],
    ...Object.entries(actions).flatMap(([uses, path]) => ['--local-repository', `${uses}=${path}`]),
    ...(uploadArtifact === undefined ? [] : ['--local-repository', `${uploadArtifact}=${uploadAction(folder)}`]),
    ...Object.entries(job.secrets ?? {}).flatMap(([name, value]) => ['--secret', `${name}=${value}`]),
    ...Object.entries(job.env ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ];
  const {exitCode, log} = await start(args, repository, folder);
  return {exitCode, log, artifacts: readFolder(join(folder, 'artifacts'))};
}

function copyRepository(folder: string, job: ActJob): string {
  const repository = join(folder, 'repository');
  for (const name of ['.github', 'dist', 'action.yml'])
    cpSync(join(ROOT, name), join(repository, name), {recursive: true});
  return commitCopy(repository, job);
}

/** Removes the line with `queue`, which act does not know yet. */
function commitCopy(repository: string, {workflow, files = {}}: ActJob): string {
  const path = join(repository, '.github/workflows', workflow);
  write(path, readFileSync(path, 'utf8').replaceAll(/^ +queue: max.*\n/gm, ''));
  for (const [name, text] of Object.entries(files)) write(join(repository, name), text);
  const git = (...args: string[]) => execFileSync('git', args, {cwd: repository, stdio: 'ignore'});
  git('init', '--initial-branch', 'main');
  git('add', '--all');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--message', 'copy');
  git('remote', 'add', 'origin', 'https://github.com/acme/operations.git');
  return repository;
}

/** Copies the uploaded file to the folder `artifacts`. */
const UPLOAD_ACTION = `name: Fake of actions/upload-artifact
inputs:
  name: {required: true}
  path: {required: true}
runs:
  using: composite
  steps:
    - shell: bash
      run: cp "$FILE" "$FOLDER/$NAME"
      env:
        FILE: \${{ inputs.path }}
        NAME: \${{ inputs.name }}
        FOLDER: $FOLDER
`;

function uploadAction(folder: string): string {
  mkdirSync(join(folder, 'upload'));
  write(join(folder, 'upload/action.yml'), UPLOAD_ACTION.replace(/\$FOLDER$/m, join(folder, 'artifacts')));
  return join(folder, 'upload');
}

function start(args: readonly string[], cwd: string, home: string): Promise<{exitCode: number | null; log: string}> {
  const env = {PATH: process.env['PATH'], HOME: home};
  const child = spawn('act', args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']});
  let log = '';
  const keep = (chunk: Buffer) => {
    log += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', exitCode => resolve({exitCode, log}));
  });
}

function readFolder(path: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(path, {withFileTypes: true}).map(({name}) => [name, readFileSync(join(path, name), 'utf8')]),
  );
}

function write(path: string, text: string): string {
  writeFileSync(path, text);
  return path;
}
