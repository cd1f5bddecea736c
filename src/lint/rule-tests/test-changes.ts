/** Lint: the changes in rule tests, in the short form or inside an event from Port. Pure. */

import {isObject, type JsonObject} from '../../base/json.ts';
import type {Change} from '../../change/change.ts';
import {parseEvent, unwrapEvent} from '../../change/event/incoming.ts';
import {readEvent} from '../../change/event/read-event.ts';
import {changedProperties, transitionOf} from '../../change/transition.ts';
import type {ReadText} from '../../rule-tests/parse-rule-tests.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {mappingIn, mappingsIn, under, type WrittenPart, type WrittenPath} from '../written.ts';

/** A change in the short form. */
export interface TestChange extends WrittenPart<JsonObject> {
  /** Moves a problem of the short form to the position where the change is written. */
  readonly locate: (problem: FoundProblem) => FoundProblem;
}

/** @param readText reads the file of `event: <path>`. If absent, these events are skipped */
export function changesIn(tests: unknown, readText?: ReadText): TestChange[] {
  return mappingsIn(tests, 'tests').flatMap(({path, value: test}) => {
    const steps = [{path, value: {event: test['event']}}, ...under(path, mappingsIn(test, 'changes'))];
    const short = [{path: [...path, 'change'], value: mappingIn(test, 'change')}, ...steps];
    return [
      ...short.map(part => ({...part, locate: (problem: FoundProblem) => problem})),
      ...steps.flatMap(step => ofEvent(step.value['event'], [...step.path, 'event'], readText)),
    ];
  });
}

function ofEvent(event: unknown, path: WrittenPath, readText: ReadText | undefined): TestChange[] {
  return changesOf(event, readText).flatMap(change =>
    shortForms(change).map(value => ({
      path: [],
      value,
      locate: problem => locateIn(isObject(event) ? event : undefined, path, problem),
    })),
  );
}

/** Empty if the event can't be read. The loader reports why. */
function changesOf(event: unknown, readText: ReadText | undefined): readonly Change[] {
  try {
    if (isObject(event)) return readEvent(unwrapEvent(event), '').changes;
    if (typeof event !== 'string' || readText === undefined) return [];
    return readEvent(unwrapEvent(parseEvent(readText(event.trim()), event)), '').changes;
  } catch {
    return [];
  }
}

/** One change for each changed property, and one for the unchanged properties. */
function shortForms(change: Change): JsonObject[] {
  const {blueprint, team, before, after} = change;
  const changed = changedProperties(change);
  const all = {...before?.properties, ...after?.properties};
  const others = Object.entries(all).filter(([name]) => !changed.includes(name));
  const relations = {...before?.relations, ...after?.relations};
  return [
    {blueprint, team, relations, properties: Object.fromEntries(others)},
    ...changed.map(property => {
      const {from, to} = transitionOf(change, property);
      return {blueprint, property, properties: all, ...(before && {from}), ...(after && {to})};
    }),
  ];
}

/** Points at the word of the problem if the event is inline, otherwise at the event. */
function locateIn(event: JsonObject | undefined, path: WrittenPath, problem: FoundProblem): FoundProblem {
  const {value, ...rest} = problem as FoundProblem & {readonly value?: unknown};
  const word = value ?? problem.path.at(-1);
  const found = event === undefined ? undefined : find(event, word);
  const message = {...rest, path, shown: path};
  if (found === undefined) return {...message, atKey: false};
  return {...message, path: [...path, ...found.path], atKey: found.isKey};
}

interface Found {
  readonly path: WrittenPath;
  readonly isKey: boolean;
}

/** The last occurrence of the word as a key or value. The last one is in `after`, which the test is about. */
function find(value: unknown, word: unknown, path: WrittenPath = []): Found | undefined {
  if (value === word && typeof value === 'string') return {path, isKey: false};
  if (typeof value !== 'object' || value === null) return undefined;
  let found: Found | undefined;
  for (const [key, item] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    found = find(item, word, at) ?? (key === word ? {path: at, isKey: true} : found);
  }
  return found;
}
