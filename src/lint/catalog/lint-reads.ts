/** Lint: compares statuses, and the reads of conditions and texts, with the blueprints of the rules. Pure. */
import type {JsonObject} from '../../base/json.ts';
import {suggest} from '../../base/text/nearest.ts';
import {compileExpression} from '../../rules/expression/expression.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {allTexts, itemsAt, mappingIn, mappingsIn, scalarText, textsAt, type WrittenPart} from '../written.ts';
import {article, type Blueprint, noProperty, noRelation, type Properties} from './blueprint.ts';

/** Reports reads of properties that do not exist, which are always empty. */
export function checkReads(rule: WrittenPart<JsonObject>, blueprint: Blueprint): FoundProblem[] {
  return readsIn(rule).flatMap(({path, value: source}) =>
    unknownReads(source, [blueprint.properties]).map(name => ({
      path,
      part: name,
      message: noProperty(blueprint, name, 'always empty'),
    })),
  );
}

export function checkRelations(rule: WrittenPart<JsonObject>, {identifier, relations}: Blueprint): FoundProblem[] {
  if (relations === undefined) return [];
  return readsIn(rule).flatMap(({path, value: source}) =>
    unknownRelations(source, relations).map(name => ({
      path,
      part: name,
      message: noRelation(identifier, name, relations),
    })),
  );
}

/** The rule's condition, and the expressions in its texts. */
export function readsIn({path, value: rule}: WrittenPart<JsonObject>): WrittenPart<string>[] {
  const condition = textsAt(rule['if'], [...path, 'if']);
  const texts = ['notify', 'remediate'].flatMap(key => [...allTexts(rule[key], [...path, key])]);
  return [...condition, ...texts.flatMap(templatesIn)];
}

function templatesIn({path, value}: WrittenPart<string>): WrittenPart<string>[] {
  return [...value.matchAll(/\{\{([\s\S]*?)\}\}/g)].map(([, source = '']) => ({path, value: source}));
}

/** Names are case-insensitive, as in GitHub's expressions. */
function unknownReads(source: string, all: readonly Properties[]): string[] {
  const known = new Set(namesIn(all).map(name => name.toLowerCase()));
  return namesRead(source, 'properties').filter(name => !known.has(name.toLowerCase()));
}

function unknownRelations(source: string, relations: readonly string[]): string[] {
  const known = new Set(relations.map(name => name.toLowerCase()));
  return namesRead(source, 'relations').filter(name => !known.has(name.toLowerCase()));
}

function namesRead(source: string, kind: 'properties' | 'relations'): readonly string[] {
  try {
    return compileExpression(source)[kind].filter(name => name !== '*');
  } catch {
    return []; // the loader reports it
  }
}

/** Checks the parts of the file that apply to all blueprints: statuses and routes. */
export function checkShared(json: unknown, blueprints: readonly Blueprint[]): FoundProblem[] {
  const all = blueprints.map(({properties}) => properties);
  return [
    ...Object.entries(mappingIn(json, 'statuses')).flatMap(([name, values]) => checkRanks(name, values, all)),
    ...checkRouteReads(json, all),
    ...checkRouteRelations(
      json,
      blueprints.map(({relations}) => relations),
    ),
  ];
}

/** The names of all properties, without duplicates. */
function namesIn(all: readonly Properties[]): string[] {
  return [...new Set(all.flatMap(properties => [...properties.keys()]))];
}

function checkRanks(name: string, values: unknown, all: readonly Properties[]): FoundProblem[] {
  const path = ['statuses', name];
  const holders = all.flatMap(properties => properties.get(name) ?? []);
  if (holders.length === 0) {
    const message = `no blueprint of the rules has this property${suggest(name, namesIn(all))}`;
    return [{path, atKey: true, message}];
  }
  const [{type} = {}] = holders;
  if (holders.every(holder => holder.type !== undefined && holder.type !== 'string')) {
    const message = `ranks strings, but ${name} is ${article(type ?? '')} in Port, so these values never occur. Remove it.`;
    return [{path, atKey: true, message}];
  }
  if (!holders.every(holder => holder.values)) return [];
  const possible = holders.flatMap(holder => holder.values ?? []);
  return checkStatuses(name, values, possible);
}

function templatesInRoutes(json: unknown): WrittenPart<string>[] {
  return mappingsIn(json, 'routes').flatMap(({path, value}) => [...allTexts(value, path)].flatMap(templatesIn));
}

function checkRouteReads(json: unknown, all: readonly Properties[]): FoundProblem[] {
  return templatesInRoutes(json).flatMap(({path, value}) =>
    unknownReads(value, all).map(name => ({
      path,
      part: name,
      message: `no blueprint of the rules has the property "${name}"${suggest(name, namesIn(all))}`,
    })),
  );
}

function checkRouteRelations(json: unknown, all: readonly (readonly string[] | undefined)[]): FoundProblem[] {
  if (all.includes(undefined)) return [];
  const known = [...new Set(all.flatMap(relations => relations ?? []))];
  return templatesInRoutes(json).flatMap(({path, value}) =>
    unknownRelations(value, known).map(name => ({
      path,
      part: name,
      message: `no blueprint of the rules has the relation "${name}"${suggest(name, known)}`,
    })),
  );
}

function checkStatuses(name: string, values: unknown, known: readonly unknown[]): FoundProblem[] {
  return itemsAt(values, ['statuses', name])
    .filter(({value}) => typeof value === 'string' && !known.includes(value))
    .map(({path: at, value}) => ({
      path: at,
      message: `"${value}" is not a value of ${name} in Port${suggest(scalarText(value), known.map(scalarText))}`,
    }));
}
