/** Lint: the properties of a blueprint in Port, and which of their changes Port never reports. Pure. */
import {isObject, type JsonObject} from '../../base/json.ts';
import {suggest} from '../../base/text/nearest.ts';

/** Port reports changes of `own` and `aggregation` properties. It never reports those of mirror and calculation properties. */
type Kind = 'own' | 'mirror' | 'calculation' | 'aggregation';

export interface Property {
  readonly name: string;
  readonly kind: Kind;
  /** The JSON Schema type: string, number, boolean, object or array. Absent if the blueprint has none. */
  readonly type?: string;
  /** `timer`, `url`, … */
  readonly format?: string;
  /** The allowed values, if the blueprint lists them. */
  readonly values?: readonly unknown[];
}

export type Properties = ReadonlyMap<string, Property>;

/** A blueprint for comparison with written rules. */
export interface Blueprint {
  readonly identifier: string;
  /** By name. Empty if the blueprint has none or is unknown. */
  readonly properties: Properties;
  /** Names. Undefined if unknown. Port always lists them. */
  readonly relations: readonly string[] | undefined;
}

/** @param json as returned by Port's API. Absent if the blueprint is unknown */
export function toBlueprint(identifier: string, json: Readonly<JsonObject> = {}): Blueprint {
  const relations = json['relations'];
  return {
    identifier,
    properties: propertiesOf(json),
    relations: isObject(relations) ? Object.keys(relations) : undefined,
  };
}

function propertiesOf(blueprint: Readonly<JsonObject>): Properties {
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
  return Object.entries(properties).map(([name, written]) => [name, {name, kind, ...detailsOf(written)}]);
}

function detailsOf(written: unknown): Omit<Property, 'name' | 'kind'> {
  if (!isObject(written)) return {};
  const {type, format, enum: values} = written;
  return {
    ...(typeof type === 'string' ? {type} : {}),
    ...(typeof format === 'string' ? {format} : {}),
    ...(Array.isArray(values) && values.length > 0 ? {values} : {}),
  };
}

/**
 * Why Port never reports a change of the property. Undefined if it does.
 * @see https://docs.port.io/actions-and-automations/define-automations/setup-trigger
 */
export function explainUnreported(blueprint: string, {name, kind}: Property): string | undefined {
  if (kind !== 'mirror' && kind !== 'calculation') return undefined;
  return `${name} of ${blueprint} is a ${kind} property: changes of mirror/calculation properties never fire an automation. Use the property that it is derived from.`;
}

/** @param consequence the consequence of a property that does not exist */
export function noProperty(
  {identifier, properties}: Blueprint,
  name: string,
  consequence: 'never reported' | 'always empty',
): string {
  const offered = [...properties.values()].filter(
    property => consequence === 'always empty' || explainUnreported(identifier, property) === undefined,
  );
  const written = name.replace(/^((before|after|diff)\.)*properties\./, '');
  const names = offered.map(property => property.name);
  return `blueprint ${identifier} has no property "${name}", so it is ${consequence}${suggest(written, names)}`;
}

/** The type with its article: "an array", "a string". */
export function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

export function noRelation(blueprint: string, name: string, relations: readonly string[]): string {
  const hint = relations.length === 0 ? '. The blueprint has no relations.' : suggest(name, relations);
  return `blueprint ${blueprint} has no relation "${name}", so it is always empty${hint}`;
}
