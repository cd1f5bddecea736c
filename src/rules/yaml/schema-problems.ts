/** Parse: turns schema issues in a written file into messages with suggestions. */
import type {z} from 'zod';
import {isObject} from '../../base/json.ts';
import {suggest} from '../../base/text/nearest.ts';
import {clip, oneLine} from '../../base/text/show.ts';
import {lacks} from '../check/check-rules.ts';
import type {FoundProblem} from '../problem.ts';
import {describeNumber} from '../written/describe-value.ts';
import type {Vocabulary} from './vocabulary.ts';

/** Explains a schema issue. An issue with several unknown keys or with a union becomes several problems. */
export function explainIssue(issue: z.core.$ZodIssue, written: unknown, vocabulary: Vocabulary): FoundProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(key, issue.path, vocabulary));
  if (issue.code === 'invalid_union') {
    const nested = issue.errors.find(errors => errors.some(error => error.path.length > 0));
    const branch = nested ?? issue.errors.find(errors => errors.some(error => error.code !== 'invalid_type'));
    const inUnion = (inner: z.core.$ZodIssue) => ({...inner, path: [...issue.path, ...inner.path]});
    if (branch) return branch.flatMap(inner => explainIssue(inUnion(inner), written, vocabulary));
  }
  if (valueAt(written, issue.path) === undefined) return missingKey(issue.path, written, vocabulary);
  const column = issue.code === 'custom' ? (issue.params?.['column'] as number | undefined) : undefined;
  const quoting = asWritten(issue.message, valueAt(written, issue.path));
  return [{path: issue.path, message: issue.message, quoting, ...(column === undefined ? {} : {column})}];
}

/** Replaces the number in a message with its text in the file. The schema sees only the value that YAML read. */
function asWritten(message: string, value: unknown): FoundProblem['quoting'] {
  if (typeof value !== 'number') return undefined;
  return written => message.replace(describeNumber(value), () => describeNumber(value, clip(oneLine(written), 60)));
}

function missingKey(path: readonly PropertyKey[], written: unknown, {isKey}: Vocabulary): FoundProblem[] {
  const parent = valueAt(written, path.slice(0, -1));
  return isObject(parent) && !lacks(parent, String(path.at(-1)), isKey) ? [] : [{path, message: 'is missing'}];
}

function valueAt(written: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], written);
}

function unknownKey(key: string, path: readonly PropertyKey[], {keysAt}: Vocabulary): FoundProblem {
  const message = `"${clip(oneLine(key), 60)}" is not a key here${suggest(key, keysAt(path))}`;
  return {path: [...path, key], shown: path, atKey: true, message};
}
