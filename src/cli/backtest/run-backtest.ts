/** Runs the command `backtest`: read → replay → report. */

import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import {backtest} from '../../backtest/backtest.ts';
import {loadProtected, PROTECTED_FILE, type ProtectedIncident} from '../../backtest/protected-incidents.ts';
import {fromInput, openFile, type RandomAccess} from '../../backtest/recording.ts';
import {type BacktestResult, resultOf} from '../../backtest/result.ts';
import type {Problem} from '../../base/errors.ts';
import {count} from '../../base/text/show.ts';
import type {Rules} from '../../rules/rules.ts';
import type {Loaded} from '../../rules/yaml/load-yaml.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {paint} from '../../ui/terminal.ts';
import {destinationsHere, parseDestinations} from '../shared/env/destinations.ts';
import {readNamedText} from '../shared/input/named-file.ts';
import {problemsOf, readRulesFile, reportErrors} from '../shared/input/rules-file.ts';
import {atHome} from '../shared/input/rules-home.ts';
import {screenOf} from '../shared/screen.ts';
import {readTimeOption} from '../shared/time-options.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {writePage} from '../shared/write-page.ts';
import {readAudit} from './audit-source.ts';
import {readBaseRules} from './base-rules.ts';
import {readClock} from './clock-option.ts';
import type {BacktestCommandOptions} from './options.ts';
import {renderBacktestPage} from './page.ts';
import {renderBacktest} from './report.ts';

/** Exits with code 1 if the rules have mistakes, or if a part of the recording can't be read. @throws {ReactorError} */
export async function runBacktest(
  argument: string | undefined,
  options: BacktestCommandOptions,
  world: CliWorld,
): Promise<void> {
  const file = recordingOf(argument, options);
  const times = readTimes(options, world);
  const home = atHome(options.rules, world);
  const {rules, error} = readRulesFile('backtest', options.rules, home);
  const base = options.base === undefined ? undefined : readBaseRules(options.base, options.rules, home);
  const known = parseDestinations('backtest', options.destinations) ?? destinationsHere(rules, options.rules, home);
  const {value: protect, error: unprotected} = readProtected(options.protected, home.cwd);
  const source = await openSource(file, {...times, rules, base: base?.rules, cache: options.cache}, world);
  const found = backtest(source.bytes, {
    ...source.times,
    rules,
    base: base?.rules,
    known,
    protect,
    clockMs: times.clockMs,
  });
  source.close();
  const facts = {name: source.name, rules: options.rules, base: options.base, unreadable: source.unreadable};
  const result = resultOf(found, facts);
  const errors = [error, base?.error, unprotected];
  if (options.json) world.write(`${printedJson({...result, ...problemsOf(errors)}, 2)}\n`);
  else print(result, options, world);
  if (options.html !== undefined)
    writePage({command: 'backtest', path: options.html, html: renderBacktestPage(result)}, world);
  if (options.html !== undefined && !options.json) world.write(`The page: ${options.html}\n`);
  reportErrors(errors, options.json, world);
  reportUnreadable(result, options, world);
  if (result.protected?.some(({status}) => status === 'lost')) world.exitWith(1);
}

/** @throws {UsageError} if the recording is given twice */
function recordingOf(argument: string | undefined, {from}: BacktestCommandOptions): string | undefined {
  if (argument === undefined || from === undefined) return argument ?? from;
  const message = `two recordings: ${argument} and --from ${from}. Give one of them`;
  throw new UsageError('backtest', [{message}]);
}

/** Empty if no file is named and the default file does not exist. @throws {UsageError} if it can't be read */
function readProtected(path: string | undefined, cwd: string): Partial<Loaded<ProtectedIncident[]>> {
  const file = path ?? PROTECTED_FILE;
  if (path === undefined && !existsSync(resolve(cwd, file))) return {};
  const problems: Problem[] = [];
  const remedy = 'Set another file with --protected';
  const text = readNamedText({what: 'the list of protected incidents', file, remedy}, cwd, problems);
  if (problems.length > 0) throw new UsageError('backtest', problems);
  return loadProtected(text, file);
}

function print(result: BacktestResult, {color}: BacktestCommandOptions, world: CliWorld): void {
  const screen = screenOf(world.terminal, world.env, color);
  world.write(
    renderBacktest(result, screen)
      .map(line => `${paint(line, screen.isColored)}\n`)
      .join(''),
  );
}

interface Times {
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly clockMs?: number | undefined;
}

/** @throws {UsageError} */
function readTimes({since, until, clock}: BacktestCommandOptions, {now}: CliWorld): Times {
  const problems: Problem[] = [];
  const nowMs = now();
  const sinceMs = readTimeOption({name: '--since', text: since, nowMs}, problems);
  const untilMs = readTimeOption({name: '--until', text: until, nowMs}, problems);
  const clockMs = readClock(clock, problems);
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs >= untilMs) {
    problems.push({message: '--since must be before --until'});
  }
  if (problems.length > 0) throw new UsageError('backtest', problems);
  return {sinceMs, untilMs, clockMs};
}

interface Source {
  readonly bytes: RandomAccess;
  readonly name: string;
  readonly times: Pick<Times, 'sinceMs' | 'untilMs'>;
  /** The number of entries of the audit log that can't be read. */
  readonly unreadable: number;
  readonly close: () => void;
}

interface SourceFacts extends Times {
  readonly rules: Rules;
  readonly base: Rules | undefined;
  readonly cache: string | undefined;
}

const MONTH_MS = 30 * 86_400_000;
/** Entries can appear late in Port's audit log. */
const SETTLED_MS = 10 * 60_000;

async function openSource(file: string | undefined, facts: SourceFacts, world: CliWorld): Promise<Source> {
  const {sinceMs, untilMs, rules, base, cache} = facts;
  if (file === '-') {
    const bytes = fromInput(await world.readInput());
    return {bytes, name: 'standard input', times: {sinceMs, untilMs}, unreadable: 0, close: () => {}};
  }
  if (file !== undefined) {
    const bytes = openFile(resolve(world.cwd, file), file);
    return {bytes, name: file, times: {sinceMs, untilMs}, unreadable: 0, close: () => bytes.close()};
  }
  const toMs = untilMs ?? world.now() - SETTLED_MS;
  const fromMs = sinceMs ?? toMs - MONTH_MS;
  const all = base === undefined ? [rules] : [rules, base];
  const audit = await readAudit({rules: all, fromMs, toMs, cache}, world);
  const bytes = openFile(audit.file, audit.file);
  const times = {sinceMs: fromMs, untilMs: toMs};
  return {bytes, name: "Port's audit log", times, unreadable: audit.unreadable, close: () => bytes.close()};
}

const NOT_A_RECORDING =
  'A recording has one JSON document per line. To convert a JSON file: jq -c . event.json >changes.ndjson';

/** Unreadable events must not look like events without reactions. */
function reportUnreadable({recording, changes}: BacktestResult, {json}: BacktestCommandOptions, world: CliWorld): void {
  const {unreadable, problems, name} = recording;
  if (unreadable === 0) return;
  const lines = problems.map(({line, message}) => `${name}:${line}: ${message}`);
  const rest = unreadable - problems.length;
  const more = rest > 0 ? [`${count(rest, problems.length === 0 ? "entry can't be read" : 'more line')}`] : [];
  const hint = changes === 0 && problems.length > 0 ? [NOT_A_RECORDING] : [];
  const all = [...lines, ...more, ...hint];
  if (!json) world.writeError(`${count(unreadable, 'event')} of ${name} can't be read:\n${all.join('\n')}\n`);
  world.exitWith(1);
}
