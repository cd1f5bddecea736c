/** Reads the changes of a run, a file, or a part of Port's audit log. */
import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Problem} from '../../base/errors.ts';
import type {Change} from '../../change/change.ts';
import {incomingOf} from '../../change/event/incoming.ts';
import {readAuditLog} from '../../clients/audit-log.ts';
import {readDecisionArtifact} from '../../clients/github/decision-artifact.ts';
import {createPortCall} from '../../clients/port-call.ts';
import type {Rules} from '../../rules/rules.ts';
import type {GitHubEnv} from '../shared/env/github-env.ts';
import {readPortEnv} from '../shared/env/port-env.ts';
import {readEventText} from '../shared/input/event-file.ts';
import {readRecordedChanges} from '../shared/input/recorded-changes.ts';
import {readTimeOption} from '../shared/time-options.ts';
import type {CliWorld} from '../shared/world.ts';

export type ReplaySource =
  | {readonly kind: 'run'; readonly run: string; readonly repository: string | undefined}
  | {readonly kind: 'file'; readonly file: string}
  | {readonly kind: 'audit'; readonly fromMs: number; readonly toMs: number};

export interface SourceOptions {
  /** A run or a file. */
  readonly argument: string | undefined;
  readonly since?: string;
  readonly until?: string;
}

/** Adds a problem for each mistake. */
export function parseSource(
  {argument, since, until}: SourceOptions,
  {cwd, now}: Pick<CliWorld, 'cwd' | 'now'>,
  problems: Problem[],
): ReplaySource {
  const isRange = since !== undefined || until !== undefined;
  const mistake = mistakeIn({hasArgument: argument !== undefined, isRange, hasSince: since !== undefined});
  if (mistake !== undefined) problems.push({message: mistake});
  if (argument !== undefined) return parseArgument(argument, cwd);
  const nowMs = now();
  const [fromMs = nowMs, toMs = nowMs] = [
    readTimeOption({name: '--since', text: since ?? '0s', nowMs}, problems),
    readTimeOption({name: '--until', text: until, nowMs}, problems),
  ];
  if (fromMs > toMs) problems.push({message: '--since is later than --until'});
  return {kind: 'audit', fromMs, toMs};
}

interface Named {
  readonly hasArgument: boolean;
  readonly isRange: boolean;
  readonly hasSince: boolean;
}

/** Exactly one source is allowed. */
function mistakeIn({hasArgument, isRange, hasSince}: Named): string | undefined {
  if (hasArgument && isRange) {
    return "a run or a file can't be combined with --since or --until, which select a part of Port's audit log";
  }
  if (!hasArgument && !isRange) {
    return "the changes are missing: pass a run, a file or - for standard input, or select a part of Port's audit log with --since";
  }
  return isRange && !hasSince ? '--until requires --since' : undefined;
}

function parseArgument(argument: string, cwd: string): ReplaySource {
  const [, repository, run] = /^https?:\/\/[^/]+\/([\w.-]+\/[\w.-]+)\/actions\/runs\/(\d+)/.exec(argument) ?? [];
  if (run !== undefined) return {kind: 'run', run, repository};
  const isRun = /^\d+$/.test(argument) && !existsSync(resolve(cwd, argument));
  return isRun ? {kind: 'run', run: argument, repository: undefined} : {kind: 'file', file: argument};
}

export interface ReadChanges {
  readonly changes: readonly Change[];
  /** One sentence for each change that could not be read. */
  readonly failures: readonly string[];
}

interface ReadOptions {
  readonly rules: Rules;
  /** Undefined if the environment has no GitHub credentials. */
  readonly github: GitHubEnv | undefined;
}

/** @throws {ReactorError} if nothing can be read */
export async function readSource(
  source: ReplaySource,
  {rules, github}: ReadOptions,
  world: CliWorld,
): Promise<ReadChanges> {
  if (source.kind === 'audit') return readRange(source, rules, world);
  if (source.kind === 'file') {
    const {name, text} = await readEventText('replay', source.file, world);
    return {changes: readRecordedChanges(text, name).changes, failures: []};
  }
  const {run, repository} = source;
  const settings = {apiUrl: '', token: '', ...github, repository: repository ?? github?.repository ?? ''};
  const text = await readDecisionArtifact(run, settings, world.fetch);
  return {changes: readRecordedChanges(text, `the decision record of run ${run}`).changes, failures: []};
}

async function readRange(
  {fromMs, toMs}: {readonly fromMs: number; readonly toMs: number},
  rules: Rules,
  world: CliWorld,
): Promise<ReadChanges> {
  const call = createPortCall(readPortEnv(world.env, []), world);
  const changes: Change[] = [];
  const failures: string[] = [];
  for (const blueprint of rules.byBlueprint.keys()) {
    for await (const entry of readAuditLog(call, {blueprint, fromMs, toMs})) {
      if (entry.kind === 'change') changes.push(entry.change);
      if (entry.kind === 'unreadable') {
        failures.push(`Entry ${entry.identifier} of the audit log cannot be read: ${entry.reason}`);
      }
    }
  }
  return {changes: incomingOf(changes).changes, failures};
}
