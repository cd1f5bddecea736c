/** Report, as a command: read decision records → operations → print. */
import {readdirSync, statSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {linesOf, openFile} from '../../backtest/recording.ts';
import type {Problem} from '../../base/errors.ts';
import {parseOrUndefined} from '../../base/json.ts';
import {count} from '../../base/text.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {paint} from '../../ui/terminal.ts';
import {unreadable} from '../shared/named-file.ts';
import {screenOf} from '../shared/screen.ts';
import {readTimeOption} from '../shared/span.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {type Operations, OperationsTally} from './operations.ts';
import type {ReportOptions} from './options.ts';
import {RecordLine} from './record-line.ts';
import {operationsMarkdown, renderOperations} from './report-text.ts';

/** Ends with exit code 1 if a line is not of a decision record. @throws {UsageError} */
export async function runReport(paths: readonly string[], options: ReportOptions, world: CliWorld): Promise<void> {
  const problems: Problem[] = [];
  const since = readTimeOption({name: '--since', text: options.since, nowMs: world.now()}, problems);
  const files = paths.flatMap(path => filesIn(resolve(world.cwd, path), path, problems));
  if (problems.length === 0 && files.length === 0)
    problems.push({message: `no .jsonl file in ${paths.join(', ')}. ${WHERE}`});
  if (problems.length > 0) throw new UsageError('report', problems);
  const {operations, unreadable} = readAll(files, since ?? Number.NEGATIVE_INFINITY);
  if (options.json) world.write(`${printedJson({...operations, unreadable}, 2)}\n`);
  else if (options.markdown) world.write(operationsMarkdown(operations));
  else {
    const screen = screenOf(world.terminal, world.env, options.color);
    world.write(
      renderOperations(operations, screen)
        .map(line => `${paint(line, screen.isColoured)}\n`)
        .join(''),
    );
  }
  if (unreadable > 0) {
    world.writeError(`${count(unreadable, 'line')} can't be read as a line of a decision record.\n`);
    world.exitWith(1);
  }
}

const WHERE = 'Download the records of the runs with: gh run download --name decisions --dir records';

/** Of a folder, all records in it: artifacts of runs have a folder each. */
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

/** In the order of time: an incident is as its last line says. */
function readAll(files: readonly string[], sinceMs: number): {operations: Operations; unreadable: number} {
  const lines: RecordLine[] = [];
  let unreadable = 0;
  for (const file of files) {
    const bytes = openFile(file, file);
    for (const {text} of linesOf(bytes)) {
      const parsed = RecordLine.safeParse(parseOrUndefined(text));
      if (!parsed.success) unreadable += 1;
      else if (isAsked(parsed.data, sinceMs)) lines.push(parsed.data);
    }
    bytes.close();
  }
  const tally = new OperationsTally();
  for (const line of lines.toSorted((a, b) => Date.parse(timeOf(a)) - Date.parse(timeOf(b)) || 0)) tally.add(line);
  return {operations: tally.finish(), unreadable};
}

/** A drill of `doctor` is not a change. */
function isAsked({change: {source, at}}: RecordLine, sinceMs: number): boolean {
  return source !== 'drill' && !(Date.parse(at) < sinceMs);
}

function timeOf({change}: RecordLine): string {
  return change.at;
}
