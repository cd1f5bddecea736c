/** A fake of GitHub's runner: runs one job of the sample workflow, with checkout and action, in a clean environment. */
import {copyFileSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {messageOf} from '../../base/errors.ts';
import {type Child, type Children, onLines} from '../children.ts';
import type {EndedRun, RecordedDispatch} from '../history.ts';
import type {Locations} from '../locations.ts';
import {parseOutputs} from './runner-files.ts';
import {JobLog} from './runner-log.ts';

export interface RunnerJob {
  readonly id: number;
  readonly dispatch: RecordedDispatch;
  /** The folder for all files of the job. */
  readonly folder: string;
  /** The webhook URL for the job's messages. It is a secret. */
  readonly slackUrl: string;
}

/** The settings that all jobs of the demo share. */
export interface RunnerSettings {
  readonly locations: Locations;
  readonly repository: string;
  /** The base URLs of GitHub's API and pages. */
  readonly serverUrl: string;
  readonly token: string;
  /** The folder of the fake tools, first in the PATH. */
  readonly tools: string;
  readonly hostPath: string;
}

/** Inputs of action.yml and their defaults. The runner passes each input, empty if it is not set. */
export const INPUTS: Readonly<Record<string, string>> = {
  rules: '.github/port-reactor.yml',
  'slack-webhook-url': '',
  'slack-webhooks': '',
  'slack-bot-token': '',
  'slack-channels': '',
  'slack-api-url': 'https://slack.com/api',
  event: '',
  'github-token': '',
  'port-client-id': '',
  'port-client-secret': '',
  'port-api-url': 'https://api.port.io',
  'dry-run': 'false',
  memory: 'on',
  'memory-token': '',
  'memory-repository': '',
  mode: 'react',
};

const COMMAND_FILES = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH'];

/** The results of a job, without the parts that other modules record. */
export type JobResult = Omit<EndedRun, 'durationMs' | 'endedAtMs' | 'posts'>;

/** Runs the built action for a dispatch and collects its results. A failing action does not reject. */
export async function runJob(job: RunnerJob, settings: RunnerSettings, children: Children): Promise<JobResult> {
  const files = layOut(job, settings);
  const event = eventOf(job.dispatch, settings);
  writeFileSync(files.event, `${JSON.stringify(event, null, 2)}\n`);
  const inputs = {...INPUTS, 'slack-webhook-url': job.slackUrl, 'github-token': settings.token};
  const log = new JobLog();
  for (const secret of [job.slackUrl, settings.token, DATABASE_URL]) log.mask(secret);
  for (const line of introduce(inputs)) log.add(line);
  const env = {...environment(job, settings, files), ...inputVariables(inputs)};
  const exitCode = await follow(children.start(settings.locations.action, {cwd: files.workspace, env}), log);
  const outputs = {...Object.fromEntries(log.outputs), ...readOutputs(files.commands['GITHUB_OUTPUT'] ?? '', log)};
  return {
    exitCode,
    event,
    log: log.lines,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, log.blank(value)])),
    summary: log.blank(readText(files.commands['GITHUB_STEP_SUMMARY'] ?? '')),
    record: readText(outputs['decisions'] ?? ''),
  };
}

interface Files {
  readonly workspace: string;
  readonly temp: string;
  readonly event: string;
  /** The command files by the variables that name them. */
  readonly commands: Readonly<Record<string, string>>;
}

/** The folders of a fresh runner, with the repository checked out. */
function layOut({folder}: RunnerJob, {locations}: RunnerSettings): Files {
  const workspace = join(folder, 'workspace');
  const temp = join(folder, 'temp');
  const commandFolder = join(temp, '_runner_file_commands');
  for (const path of [workspace, commandFolder, join(folder, 'home')]) mkdirSync(path, {recursive: true});
  for (const path of locations.files) {
    mkdirSync(dirname(join(workspace, path)), {recursive: true});
    copyFileSync(join(locations.root, path), join(workspace, path));
  }
  const commands = Object.fromEntries(COMMAND_FILES.map(name => [name, join(commandFolder, name.toLowerCase())]));
  for (const path of Object.values(commands)) writeFileSync(path, '');
  return {workspace, temp, event: join(temp, 'event.json'), commands};
}

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository_dispatch */
function eventOf({eventType, payload}: RecordedDispatch, {repository, serverUrl}: RunnerSettings): object {
  const [owner = '', name = ''] = repository.split('/');
  return {
    action: eventType,
    branch: 'main',
    client_payload: payload,
    repository: {
      name,
      full_name: repository,
      private: true,
      default_branch: 'main',
      html_url: `${serverUrl}/${repository}`,
    },
    organization: {login: owner},
    sender: {login: 'port-reactor-relay[bot]', type: 'Bot'},
  };
}

/** This database does not exist. The script requires a URL of this form. */
const DATABASE_URL = 'postgresql://port_reactor:not-a-real-password@orders-db.example:5432/orders';

/** The variables of a step on GitHub's runner. Only PATH comes from this machine. */
function environment(
  {id, folder}: RunnerJob,
  {repository, serverUrl, tools, hostPath}: RunnerSettings,
  {workspace, temp, event, commands}: Files,
): Record<string, string> {
  return {
    PATH: `${tools}:${hostPath}`,
    HOME: join(folder, 'home'),
    LANG: 'C.UTF-8',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: 'port-reactor-relay[bot]',
    GITHUB_API_URL: serverUrl,
    GITHUB_GRAPHQL_URL: `${serverUrl}/graphql`,
    GITHUB_EVENT_NAME: 'repository_dispatch',
    GITHUB_EVENT_PATH: event,
    GITHUB_JOB: 'react',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: String(id),
    GITHUB_RUN_NUMBER: String(id),
    GITHUB_SERVER_URL: serverUrl,
    GITHUB_SHA: '0'.repeat(40),
    GITHUB_WORKFLOW: 'Port Reactor',
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: process.arch.toUpperCase(),
    RUNNER_NAME: 'port-reactor-demo',
    RUNNER_OS: process.platform === 'darwin' ? 'macOS' : 'Linux',
    RUNNER_TEMP: temp,
    ...commands,
    // The step's own `env`, which the sample rules pass to their scripts.
    KUBECONFIG: join(temp, 'kubeconfig'),
    DATABASE_URL,
  };
}

function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
}

/** The first group of a step's log. */
function introduce(inputs: Readonly<Record<string, string>>): string[] {
  const given = Object.entries(inputs).filter(([, value]) => value !== '');
  return ['##[group]Run ./', 'with:', ...given.map(([name, value]) => `  ${name}: ${value}`), '##[endgroup]'];
}

async function follow(child: Child, log: JobLog): Promise<number | null> {
  onLines(child.stdout, line => log.add(line));
  onLines(child.stderr, line => log.add(line));
  return await new Promise(resolve => {
    child.once('error', error => {
      log.add(`::error::The action could not be started: ${messageOf(error)}`);
      resolve(null);
    });
    child.once('close', (code, signal) => {
      if (code !== 0) log.add(`::error::Process completed with ${code === null ? signal : `exit code ${code}`}.`);
      resolve(code);
    });
  });
}

function readOutputs(path: string, log: JobLog): Record<string, string> {
  try {
    return parseOutputs(readText(path));
  } catch (error) {
    log.add(`::error::Unable to process file command 'output' successfully. ${messageOf(error)}`);
    return {};
  }
}

function readText(path: string): string {
  try {
    return path === '' ? '' : readFileSync(path, 'utf8');
  } catch {
    return ''; // a run that failed early has not written the file
  }
}
