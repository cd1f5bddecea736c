/** Lint: the text of a JSON file → its blueprints, in the format of Port's API and user interface. Pure. */

import {messageOf} from '../../base/errors.ts';
import {isObject, type JsonObject} from '../../base/json.ts';
import {offsetOfMistake} from '../../base/json-mistake.ts';
import {oneLine} from '../../base/text/show.ts';
import {type FileProblem, openSource, type SourceFile} from '../source.ts';
import type {WrittenPart, WrittenPath} from '../written.ts';
import type {Blueprints} from './lint-blueprints.ts';

type Blueprint = JsonObject & {readonly identifier: string};

/** The blueprints in several files, and the problems of the files. Never throws. */
export function readBlueprintFiles(files: readonly SourceFile[]): {blueprints: Blueprints; problems: FileProblem[]} {
  const read = files.map(readBlueprints);
  const found = read.flatMap(({blueprints}) => blueprints);
  return {
    blueprints: {
      known: new Map(found.map(blueprint => [blueprint.identifier, blueprint])),
      names: found.map(({identifier}) => identifier),
    },
    problems: read.flatMap(({problems}) => problems),
  };
}

/** Reads one blueprint, a list, or a response from Port with either. */
function readBlueprints(source: SourceFile): {blueprints: readonly Blueprint[]; problems: readonly FileProblem[]} {
  let json: unknown;
  try {
    json = JSON.parse(source.text);
  } catch (error) {
    return {blueprints: [], problems: [brokenJson(source, messageOf(error))]};
  }
  const {place} = openSource(source);
  const candidates = candidatesIn(json);
  const problems = candidates.flatMap(({path, value}) => {
    const mistake = mistakeIn(value);
    return mistake === undefined ? [] : [place({path: [...path, ...mistake.path], message: mistake.message})];
  });
  return {blueprints: candidates.map(({value}) => value).filter(isBlueprint), problems};
}

const ENVELOPES = ['blueprint', 'blueprints'];

function candidatesIn(json: unknown, path: WrittenPath = []): WrittenPart<unknown>[] {
  if (Array.isArray(json)) return json.map((value: unknown, index) => ({path: [...path, index], value}));
  const key = isObject(json) && !isBlueprint(json) ? ENVELOPES.find(name => typeof json[name] === 'object') : undefined;
  if (key !== undefined && isObject(json)) return candidatesIn(json[key], [...path, key]);
  return [{path, value: json}];
}

function isBlueprint(value: unknown): value is Blueprint {
  return isObject(value) && typeof value['identifier'] === 'string' && value['identifier'] !== '';
}

const EXPORT = 'Export it with GET /v1/blueprints/<identifier> of Port, or from … > Edit blueprint > JSON.';

function mistakeIn(value: unknown): {path: WrittenPath; message: string} | undefined {
  if (!isObject(value)) return {path: [], message: `is not a blueprint. ${EXPORT}`};
  if (!isBlueprint(value))
    return {path: [], message: `is not a blueprint, because it has no \`identifier\`. ${EXPORT}`};
  const {schema} = value;
  if (!isObject(schema)) return {path: [], message: `has no \`schema\`, which contains the properties. ${EXPORT}`};
  if (isObject(schema['properties'])) return undefined;
  return {path: ['schema'], message: `has no \`properties\`. ${EXPORT}`};
}

function brokenJson({file, text}: SourceFile, message: string): FileProblem {
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  const lines = text.slice(0, position === undefined ? offsetOfMistake(text) : Number(position)).split('\n');
  const column = (lines.at(-1)?.length ?? 0) + 1;
  return {file, line: lines.length, column, message: oneLine(`is not JSON: ${message}. Fix it. ${EXPORT}`)};
}
