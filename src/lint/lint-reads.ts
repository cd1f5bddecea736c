/** Lint: what conditions and texts read of an entity, and statuses, against the blueprints that the rules watch. Pure. */
import type {JsonObject} from '../change/json.ts';
import type {FoundProblem} from '../rules/check-rules.ts';
import {compileExpression} from '../rules/expression.ts';
import {suggest} from '../rules/nearest.ts';
import {noProperty, type Properties} from './blueprint.ts';
import {allTexts, itemsAt, mappingIn, mappingsIn, type Part, type Path, scalarText, textsAt} from './written.ts';

/** What a condition or a text reads: a property that is not there is always empty. */
export function checkReads(rule: Part<JsonObject>, blueprint: string, properties: Properties): FoundProblem[] {
  return readsIn(rule).flatMap(({path, value: source}) =>
    unknownReads(source, [properties]).map(name => ({
      path,
      part: name,
      message: noProperty(blueprint, name, 'always empty', properties),
    })),
  );
}

/** The rule's condition, and the expressions in its texts. */
export function readsIn({path, value: rule}: Part<JsonObject>): Part<string>[] {
  const condition = textsAt(rule['if'], [...path, 'if']);
  const texts = ['notify', 'remediate'].flatMap(key => [...allTexts(rule[key], [...path, key])]);
  return [...condition, ...texts.flatMap(templatesIn)];
}

function templatesIn({path, value}: Part<string>): Part<string>[] {
  return [...value.matchAll(/\{\{([\s\S]*?)\}\}/g)].map(([, source = '']) => ({path, value: source}));
}

/** Of a name in any letter case, as GitHub's expressions read them. */
function unknownReads(source: string, blueprints: readonly Properties[]): string[] {
  const known = new Set(blueprints.flatMap(properties => [...properties.keys()].map(name => name.toLowerCase())));
  return propertiesRead(source).filter(name => !known.has(name.toLowerCase()));
}

function propertiesRead(source: string): readonly string[] {
  try {
    return compileExpression(source).properties.filter(name => name !== '*');
  } catch {
    return []; // the loader tells of it
  }
}

/** What stands above the rules, for all blueprints that they watch. */
export function checkShared(json: unknown, all: readonly Properties[]): FoundProblem[] {
  const known = [...new Set(all.flatMap(properties => [...properties.keys()]))];
  const ofStatuses = Object.entries(mappingIn(json, 'statuses')).flatMap(([name, values]) => {
    const path = ['statuses', name];
    const holders = all.flatMap(properties => properties.get(name) ?? []);
    if (holders.length === 0)
      return [
        {path, atKey: true, message: `no blueprint that the rules watch has this property${suggest(name, known)}`},
      ];
    return holders.every(holder => holder.values)
      ? checkStatuses(
          values,
          path,
          name,
          holders.flatMap(holder => holder.values ?? []),
        )
      : [];
  });
  const ofRoutes = mappingsIn(json, 'routes')
    .flatMap(({path, value}) => [...allTexts(value, path)].flatMap(templatesIn))
    .flatMap(({path, value}) =>
      unknownReads(value, all).map(name => ({
        path,
        part: name,
        message: `no blueprint that the rules watch has the property "${name}"${suggest(name, known)}`,
      })),
    );
  return [...ofStatuses, ...ofRoutes];
}

function checkStatuses(values: unknown, path: Path, name: string, known: readonly unknown[]): FoundProblem[] {
  return itemsAt(values, path)
    .filter(({value}) => typeof value === 'string' && !known.includes(value))
    .map(({path: at, value}) => ({
      path: at,
      message: `"${value}" is not a value of ${name} in Port${suggest(scalarText(value), known.map(scalarText))}`,
    }));
}
