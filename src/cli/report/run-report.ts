/** Runs the command `report`: read decision records → statistics → print. */
import {readdirSync, statSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {linesOf, openFile} from '../../backtest/recording.ts';
import type {Problem} from '../../base/errors.ts';
import {parseOrUndefined} from '../../base/json.ts';
import {count, printable} from '../../base/text/show.ts';
import {type DownloadedRecords, downloadRecords} from '../../clients/github/decision-records.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {paint} from '../../ui/terminal.ts';
import {connect, type GitHubEnvAccess, REPOSITORY_NAME, readGitHubEnv} from '../shared/env/github-env.ts';
import {unreadable} from '../shared/input/named-file.ts';
import {type Screen, screenOf} from '../shared/screen.ts';
import {readTimeOption} from '../shared/time-options.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {type Operations, OperationsTally} from './operations.ts';
import type {ReportOptions} from './options.ts';
import {RecordLine} from './record-line.ts';
import {operationsMarkdown, renderOperations} from './report-text.ts';

/** Exits with code 1 if a line, or a record on GitHub, can't be read. @throws {UsageError} @throws {ReactorError} */
export async function runReport(paths: readonly string[], options: ReportOptions, world: CliWorld): Promise<void> {
  const problems: Problem[] = [];
  const since = options.since ?? (options.repo === undefined ? undefined : '7d');
  const sinceMs = readTimeOption({name: '--since', text: since, nowMs: world.now()}, problems);
  const files = paths.flatMap(path => filesIn(resolve(world.cwd, path), path, problems));
  const access = options.repo === undefined ? undefined : readAccess(options.repo, world, problems);
  if (problems.length === 0 && files.length === 0 && access === undefined) problems.push({message: noRecords(paths)});
  if (problems.length > 0) throw new UsageError('report', problems);
  const downloaded = access === undefined ? NOTHING : await download(access, sinceMs ?? 0, world);
  const lines = linesIn(files, downloaded.texts);
  const {operations, unreadable} = tally(lines, sinceMs ?? Number.NEGATIVE_INFINITY);
  const {failures} = downloaded;
  const remarks = {unreadable, ...(failures.length === 0 ? {} : {failures})};
  const screen = screenOf(world.terminal, world.env, options.color);
  world.write(render(operations, remarks, {...options, screen}));
  for (const failure of failures) world.writeError(`${printable(failure)}\n`);
  if (unreadable > 0)
    world.writeError(`${count(unreadable, 'line')} can't be read as a line of a decision record. ${WHAT}\n`);
  if (unreadable + failures.length > 0) world.exitWith(1);
}

const WHAT = 'The action writes this file: its path is the output `decisions`.';

const NOTHING = {texts: [], failures: []};

/** Adds mistakes to `problems`, also those of the environment if the repository is invalid. */
function readAccess(repository: string, {env}: CliWorld, problems: Problem[]): GitHubEnvAccess {
  const isValid = REPOSITORY_NAME.test(repository);
  if (!isValid) problems.push({message: '--repo must be owner/name, for example acme/operations'});
  return readGitHubEnv({...env, GITHUB_REPOSITORY: isValid ? repository : 'owner/name'}, problems);
}

function noRecords(paths: readonly string[]): string {
  if (paths.length === 0) return 'the decision records are missing: pass files or folders, or set --repo owner/name';
  return `no .jsonl file in ${paths.map(path => (path === '.' ? 'this folder' : path)).join(', ')}. ${WHERE}`;
}

async function download(access: GitHubEnvAccess, sinceMs: number, world: CliWorld): Promise<DownloadedRecords> {
  const {github} = await connect({access, memory: {}, scope: 'all'}, world);
  return downloadRecords({...github, sinceMs}, world.fetch);
}

/** Printed in addition to the operations. */
interface Remarks {
  readonly unreadable: number;
  readonly failures?: readonly string[];
}

function render(operations: Operations, remarks: Remarks, {json, markdown, screen}: ReportFormat): string {
  if (json) return `${printedJson({...operations, ...remarks}, 2)}\n`;
  if (markdown) return operationsMarkdown(operations);
  const lines = renderOperations(operations, screen).map(line => `${paint(line, screen.isColored)}\n`);
  return lines.join('');
}

type ReportFormat = ReportOptions & {readonly screen: Screen};

const WHERE = 'Pass a folder with records, or download them with --repo owner/name';

/** All records in a folder and its subfolders, because each downloaded artifact has its own folder. */
function filesIn(path: string, name: string, problems: Problem[]): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, {recursive: true, encoding: 'utf8'});
    return names
      .filter(file => file.endsWith('.jsonl'))
      .toSorted()
      .map(file => join(path, file));
  } catch (error) {
    problems.push({message: unreadable({what: 'the decision records in', file: name, remedy: WHERE}, error)});
    return [];
  }
}

/** The lines of all records. */
function* linesIn(files: readonly string[], texts: readonly string[]): Generator<string> {
  for (const file of files) {
    const bytes = openFile(file, file);
    for (const {text} of linesOf(bytes)) yield text;
    bytes.close();
  }
  for (const text of texts) yield* text.split('\n').filter(line => line.trim() !== '');
}

/** Processes lines in chronological order, because the last line of an incident has its final state. */
function tally(texts: Iterable<string>, sinceMs: number): {operations: Operations; unreadable: number} {
  const lines: RecordLine[] = [];
  let unreadable = 0;
  for (const text of texts) {
    const parsed = RecordLine.safeParse(parseOrUndefined(text));
    if (!parsed.success) unreadable += 1;
    else if (isRequested(parsed.data, sinceMs)) lines.push(parsed.data);
  }
  const operations = new OperationsTally();
  for (const line of lines.toSorted((a, b) => Date.parse(timeOf(a)) - Date.parse(timeOf(b)) || 0)) operations.add(line);
  return {operations: operations.finish(), unreadable};
}

/** A drill of `doctor` is not a change. */
function isRequested({change: {source, at}}: RecordLine, sinceMs: number): boolean {
  return source !== 'drill' && !(Date.parse(at) < sinceMs);
}

function timeOf({change}: RecordLine): string {
  return change.at;
}
