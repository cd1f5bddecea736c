/** Lint: words in a file that are already reported as mistakes. Other words are not compared with them. Pure. */
import {isObject} from '../../base/json.ts';
import type {FoundProblem} from '../../rules/problem.ts';

/** The texts and keys that the problems point at. @param json the content of the file, possibly with mistakes */
export function reportedWords(json: unknown, problems: readonly FoundProblem[]): string[] {
  const words = problems.flatMap(({path, atKey, part}) => [atKey ? path.at(-1) : textAt(json, path), part]);
  return [...new Set(words.filter(word => typeof word === 'string'))];
}

function textAt(json: unknown, path: FoundProblem['path']): string | undefined {
  const value = path.reduce<unknown>(
    (at, key) => (isContainer(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    json,
  );
  return typeof value === 'string' ? value.trim() : undefined;
}

function isContainer(value: unknown): value is Record<PropertyKey, unknown> {
  return Array.isArray(value) || isObject(value);
}
