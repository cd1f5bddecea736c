/** Reads files of the incident memory, for commands that preview the action. */
import type {Problem} from '../../../base/errors.ts';
import {isObject} from '../../../base/json.ts';
import {emptyShards} from '../../../memory/fold/fold.ts';
import type {Memory, Shards} from '../../../memory/format/format.ts';
import {parseMemory} from '../../../memory/format/parse.ts';
import {UsageError} from '../usage.ts';
import type {CliWorld} from '../world.ts';
import {readNamedText} from './named-file.ts';

export interface MemoryFiles {
  /** All shards. Shards without a file are empty. */
  readonly shards: Shards;
  /** The numbers of the shards that have a file. */
  readonly known: readonly number[];
}

/** The help text of the option. */
export const MEMORY_OPTION = 'start from this memory.json of a branch port-reactor/memory-* (repeatable)';

/** Collects the values of a repeatable option. */
export function collectFiles(file: string, files: readonly string[] = []): string[] {
  return [...files, file];
}

/** Undefined if no file is named. @throws {UsageError} if a file can't be read, or is not a memory file */
export function readMemoryFiles(
  command: string,
  files: readonly string[] | undefined,
  {cwd}: Pick<CliWorld, 'cwd'>,
): MemoryFiles | undefined {
  if (files === undefined || files.length === 0) return undefined;
  const memories = files.map(file => readMemory(command, file, cwd));
  return {
    shards: new Map([...emptyShards(), ...memories.map(memory => [memory.shard, memory] as const)]),
    known: memories.map(({shard}) => shard),
  };
}

function readMemory(command: string, file: string, cwd: string): Memory {
  const problems: Problem[] = [];
  const text = readNamedText({what: 'the memory', file, remedy: REMEDY}, cwd, problems);
  if (problems.length > 0) throw new UsageError(command, problems);
  const parsed = parseMemory(text, shardIn(text));
  if (parsed.kind === 'memory') return parsed.memory;
  const messages =
    parsed.kind === 'newer'
      ? [`${file} has version ${parsed.version}, which this release does not support. Update Port Reactor`]
      : parsed.problems.map(({line, message}) => `${file}:${line}: ${message}`);
  throw new UsageError(
    command,
    messages.map(message => ({message})),
  );
}

const REMEDY = 'Get it with: git show origin/port-reactor/memory-0:memory.json';

/** The number of the shard, from the file. */
function shardIn(text: string): number {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) && typeof json['shard'] === 'number' ? json['shard'] : 0;
  } catch {
    return 0; // parseMemory reports the mistake
  }
}
