/** JSON Schema, draft 7, as far as our schemas use it. A keyword that it does not know is an error, so nothing passes unseen. */
import {isObject, isSameJson} from '../../src/base/json.ts';

type Schema = Readonly<Record<string, unknown>>;
type Check = (wanted: unknown, value: unknown, schema: Schema) => boolean;

/** Whether the schema accepts the value. */
export function accepts(schema: unknown, value: unknown): boolean {
  if (typeof schema === 'boolean') return schema;
  if (!isObject(schema)) throw new Error(`no schema: ${JSON.stringify(schema)}`);
  return Object.entries(schema).every(([keyword, wanted]) => {
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`unknown keyword ${keyword}`);
    return check(wanted, value, schema);
  });
}

const says: Check = () => true;
const all = (wanted: unknown) => wanted as readonly unknown[];
const forObjects = (check: (wanted: unknown, value: Schema, schema: Schema) => boolean): Check => {
  return (wanted, value, schema) => !isObject(value) || check(wanted, value, schema);
};
const forLists = (check: (wanted: unknown, value: readonly unknown[]) => boolean): Check => {
  return (wanted, value) => !Array.isArray(value) || check(wanted, value);
};
const forTexts = (check: (wanted: unknown, value: string) => boolean): Check => {
  return (wanted, value) => typeof value !== 'string' || check(wanted, value);
};

function hasType(type: unknown, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type && (typeof value !== 'number' || Number.isFinite(value));
}

const CHECKS: Readonly<Record<string, Check>> = {
  $schema: says,
  title: says,
  description: says,
  examples: says,
  default: says,
  type: (wanted, value) => [wanted].flat().some(type => hasType(type, value)),
  enum: (wanted, value) => all(wanted).some(one => isSameJson(one, value)),
  const: (wanted, value) => isSameJson(wanted, value),
  anyOf: (wanted, value) => all(wanted).some(one => accepts(one, value)),
  oneOf: (wanted, value) => all(wanted).filter(one => accepts(one, value)).length === 1,
  allOf: (wanted, value) => all(wanted).every(one => accepts(one, value)),
  not: (wanted, value) => !accepts(wanted, value),
  required: forObjects((wanted, value) => all(wanted).every(key => Object.hasOwn(value, String(key)))),
  properties: forObjects((wanted, value) =>
    Object.entries(wanted as Schema).every(([key, one]) => !Object.hasOwn(value, key) || accepts(one, value[key])),
  ),
  additionalProperties: forObjects((wanted, value, {properties = {}}) =>
    Object.entries(value).every(([key, item]) => Object.hasOwn(properties as Schema, key) || accepts(wanted, item)),
  ),
  propertyNames: forObjects((wanted, value) => Object.keys(value).every(key => accepts(wanted, key))),
  dependencies: forObjects((wanted, value) =>
    Object.entries(wanted as Schema).every(
      ([key, one]) => !Object.hasOwn(value, key) || accepts(Array.isArray(one) ? {required: one} : one, value),
    ),
  ),
  items: forLists((wanted, value) =>
    Array.isArray(wanted)
      ? wanted.every((one, index) => index >= value.length || accepts(one, value[index]))
      : value.every(item => accepts(wanted, item)),
  ),
  contains: forLists((wanted, value) => value.some(item => accepts(wanted, item))),
  uniqueItems: forLists(
    (wanted, value) =>
      !wanted || value.every((item, index) => !value.slice(0, index).some(one => isSameJson(one, item))),
  ),
  minProperties: forObjects((wanted, value) => Object.keys(value).length >= Number(wanted)),
  minItems: forLists((wanted, value) => value.length >= Number(wanted)),
  minLength: forTexts((wanted, value) => value.length >= Number(wanted)),
  pattern: forTexts((wanted, value) => new RegExp(String(wanted), 'u').test(value)),
  minimum: (wanted, value) => typeof value !== 'number' || value >= Number(wanted),
  maximum: (wanted, value) => typeof value !== 'number' || value <= Number(wanted),
};
