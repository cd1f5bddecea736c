/** Writes the results of the demo: a folder for each run, and the page that lists them. */
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {ConfigError} from '../../base/errors.ts';
import {runnerLogText} from '../fakes/runner-log.ts';
import type {EndedRun, History, RecordedRun} from '../history.ts';
import {type FILES, renderIndex, renderRunPage, renderSummaryPage} from './page.ts';
import {type RunPageContext, runFolder} from './run-link.ts';

/** Marks a folder that a demo wrote. The next demo can delete its content. */
const MARK = '.port-reactor-demo';

/**
 * An empty folder: the given one, or a new one in `tempDir`.
 * @throws {ConfigError} if it is a file, or contains files that a demo did not write
 */
export function prepareOut(wanted: string | undefined, cwd: string, tempDir: string): string {
  const folder = wanted === undefined ? mkdtempSync(join(tempDir, 'port-reactor-demo-')) : resolve(cwd, wanted);
  const old = existsSync(folder) ? namesIn(folder) : [];
  if (old.length > 0 && !old.includes(MARK)) {
    const message = `${folder} is not empty, and an earlier demo did not write it. Choose another folder with --out`;
    throw new ConfigError("The demo can't start:", [{message}]);
  }
  for (const name of old) if (/^run-\d+$|^index\.html$/.test(name)) rmSync(join(folder, name), {recursive: true});
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, MARK), '');
  return folder;
}

function namesIn(folder: string): string[] {
  if (statSync(folder).isDirectory()) return readdirSync(folder);
  throw new ConfigError("The demo can't start:", [{message: `${folder} is a file. Choose a folder with --out`}]);
}

/** Updates the folder after each change of the history. */
export function keepRecords(history: History, folder: string, context: () => RunPageContext): void {
  const written = new Set<number>();
  const write = () => {
    for (const run of history.runs) {
      if (run.ended === undefined || written.has(run.id)) continue;
      written.add(run.id);
      const files = filesOf(run, run.ended, context());
      writeFiles(join(folder, runFolder(run.id)), files);
    }
    writeFileSync(
      join(folder, 'index.html'),
      renderIndex(history.runs, history.deliveries, {...context(), isLive: false}),
    );
  };
  history.onChange(write);
  write();
}

type RunFiles = Readonly<Record<(typeof FILES)[number] | 'index.html', string>>;

function filesOf(run: RecordedRun, ended: EndedRun, context: RunPageContext): RunFiles {
  return {
    'index.html': renderRunPage(run, ended, context),
    'summary.html': renderSummaryPage(run, ended),
    'log.txt': runnerLogText(ended.log),
    'event.json': json(ended.event),
    'decisions.jsonl': ended.record,
    'outputs.json': json(ended.outputs),
    'slack.json': json(ended.posts.map(({status, answer, message}) => ({status, answer, message}))),
  };
}

function writeFiles(folder: string, files: RunFiles): void {
  mkdirSync(folder, {recursive: true});
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
