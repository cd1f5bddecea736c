/** Memory: the text of `memory.json` → memory, or its errors with their lines. Pure. */
import type {z} from 'zod';
import {isObject} from '../../base/json.ts';
import {offsetOfMistake} from '../../base/json-mistake.ts';
import {clip, dottedPath, oneLine} from '../../base/text/show.ts';
import {conforms} from './conforms.ts';
import {type Memory, MemoryFile} from './format.ts';
import {subjectOf} from './keys.ts';

/** `newer`: a later release wrote the file, so it must not be replaced or repaired. */
export type ParsedMemory =
  | {readonly kind: 'memory'; readonly memory: Memory}
  | {readonly kind: 'newer'; readonly version: number}
  | {readonly kind: 'corrupt'; readonly problems: readonly MemoryProblem[]};

/** `line` counts from 1. */
interface MemoryProblem {
  readonly line: number;
  /** `incidents[3].state: must be one of …` */
  readonly message: string;
}

/** @param shard the number in the name of the branch */
export function parseMemory(text: string, shard: number): ParsedMemory {
  const json = parseJson(text);
  if ('problem' in json) return {kind: 'corrupt', problems: [json.problem]};
  const version = isObject(json.value) ? json.value['version'] : undefined;
  if (typeof version === 'number' && Number.isInteger(version) && version > 1) return {kind: 'newer', version};
  const read = conforms(json.value) ? ({success: true, data: json.value} as const) : MemoryFile.safeParse(json.value);
  const problems = read.success
    ? problemsAcross(read.data, shard)
    : read.error.issues.flatMap(issue => messagesOf(issue).map(message => ({path: issue.path, message})));
  if (!read.success || problems.length > 0) {
    return {kind: 'corrupt', problems: problems.map(problem => place(problem, text, json.value))};
  }
  return {kind: 'memory', memory: read.data};
}

function parseJson(text: string): {value: unknown} | {problem: MemoryProblem} {
  try {
    return {value: JSON.parse(text)};
  } catch {
    const offset = offsetOfMistake(text);
    const rest = clip(oneLine(text.slice(offset)), 40);
    const message =
      rest === '' ? 'the file is incomplete: the JSON ends too early' : `is not valid JSON from this position: ${rest}`;
    return {problem: {line: lineAt(text, offset), message}};
  }
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Checks that involve several items. */
function problemsAcross({shard, incidents}: Memory, expected: number): Problem[] {
  const [bySubject, byId] = [firstPlaces(incidents.map(subjectOf)), firstPlaces(incidents.map(({id}) => id))];
  return [
    ...(shard === expected ? [] : [{path: ['shard'], message: `must be ${expected}, the number of the branch`}]),
    ...incidents.flatMap((_, index) => {
      const first = Math.min(bySubject[index] ?? index, byId[index] ?? index);
      if (first === index) return [];
      return [
        {path: ['incidents', index], message: `is a duplicate of incidents[${first}]. Remove one of the two lines`},
      ];
    }),
  ];
}

/** For each name, the index of its first occurrence. */
function firstPlaces(names: readonly string[]): number[] {
  const first = new Map<string, number>();
  for (const [index, name] of names.entries()) if (!first.has(name)) first.set(name, index);
  return names.map((name, index) => first.get(name) ?? index);
}

function messagesOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => `"${clip(oneLine(key), 40)}" is not a key here`);
  if (issue.code === 'invalid_key') return issue.issues.map(({message}) => message);
  return [issue.message];
}

function place({path, message}: Problem, text: string, json: unknown): MemoryProblem {
  return {line: lineOf(path, text, json), message: path.length === 0 ? message : `${dottedPath(path)}: ${message}`};
}

/** The line of an item. Each item is on a separate line, which contains its ID or key. */
function lineOf([list, item]: readonly PropertyKey[], text: string, json: unknown): number {
  const incidents = isObject(json) && Array.isArray(json['incidents']) ? json['incidents'] : [];
  const incident: unknown = list === 'incidents' ? incidents[Number(item)] : undefined;
  const id = isObject(incident) ? incident['id'] : item;
  const start = Math.max(0, text.indexOf(`"${String(list)}"`));
  const found = id === undefined ? -1 : text.indexOf(JSON.stringify(id), start);
  return lineAt(text, found === -1 ? start : found);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
