/** Lint: the properties of a blueprint of Port's, and which of them a change is ever reported of. Pure. */
import {isObject, type JsonObject} from '../../base/json.ts';
import {suggest} from '../../base/nearest.ts';

/** `own`: Port reports its changes, and those of `aggregation`. A mirror property and a calculation are never reported. */
type Kind = 'own' | 'mirror' | 'calculation' | 'aggregation';

export interface Property {
  readonly kind: Kind;
  /** Of JSON Schema: string, number, boolean, object, array. Absent if the blueprint does not say. */
  readonly type?: string;
  /** `timer`, `url`, … */
  readonly format?: string;
  /** The only values that it can have, if the blueprint names them. */
  readonly values?: readonly unknown[];
}

export type Properties = ReadonlyMap<string, Property>;

/** By name. Empty if the blueprint has none. */
export function propertiesOf(blueprint: Readonly<JsonObject>): Map<string, Property> {
  const schema = blueprint['schema'];
  return new Map([
    ...entriesOf(isObject(schema) ? schema['properties'] : undefined, 'own'),
    ...entriesOf(blueprint['mirrorProperties'], 'mirror'),
    ...entriesOf(blueprint['calculationProperties'], 'calculation'),
    ...entriesOf(blueprint['aggregationProperties'], 'aggregation'),
  ]);
}

function entriesOf(properties: unknown, kind: Kind): [string, Property][] {
  if (!isObject(properties)) return [];
  return Object.entries(properties).map(([name, written]) => [name, {kind, ...detailsOf(written)}]);
}

function detailsOf(written: unknown): Omit<Property, 'kind'> {
  if (!isObject(written)) return {};
  const {type, format, enum: values} = written;
  return {
    ...(typeof type === 'string' ? {type} : {}),
    ...(typeof format === 'string' ? {format} : {}),
    ...(Array.isArray(values) && values.length > 0 ? {values} : {}),
  };
}

/** Names. Undefined if the blueprint does not list them. Port always does. */
export function relationsOf({relations}: Readonly<JsonObject>): string[] | undefined {
  return isObject(relations) ? Object.keys(relations) : undefined;
}

/**
 * Why no change of the property would ever come. Undefined if one can.
 * @see https://docs.port.io/actions-and-automations/define-automations/setup-trigger
 */
export function silenceOf(blueprint: string, name: string, {kind}: Property): string | undefined {
  if (kind !== 'mirror' && kind !== 'calculation') return undefined;
  return `${name} of ${blueprint} is a ${kind} property: changes of mirror/calculation properties never fire an automation. Watch the property that it is made from.`;
}

/** @param consequence what it is instead of what the author thinks */
export function noProperty(
  blueprint: string,
  name: string,
  consequence: 'never reported' | 'always empty',
  properties: Properties,
): string {
  const offered = [...properties].filter(
    ([one, property]) => consequence === 'always empty' || silenceOf(blueprint, one, property) === undefined,
  );
  const written = name.replace(/^((before|after|diff)\.)*properties\./, '');
  const names = offered.map(([one]) => one);
  return `blueprint ${blueprint} has no property "${name}", so it is ${consequence}${suggest(written, names)}`;
}

/** The type as a sentence names it: "an array", "a string". */
export function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

export function noRelation(blueprint: string, name: string, relations: readonly string[]): string {
  const hint = relations.length === 0 ? '. The blueprint has no relations.' : suggest(name, relations);
  return `blueprint ${blueprint} has no relation "${name}", so it is always empty${hint}`;
}
