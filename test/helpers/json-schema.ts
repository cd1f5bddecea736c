/** JSON Schema, draft 7, by a validator that is not ours. */
import {Ajv, type ValidateFunction} from 'ajv';

const validators = new Map<unknown, ValidateFunction>();

/** Whether the schema accepts the value. Throws if the schema is not valid itself. */
export function accepts(schema: object, value: unknown): boolean {
  // Strict mode forbids what is allowed: keywords of one type beside alternatives of several.
  const validate = validators.get(schema) ?? new Ajv({strict: false}).compile(schema);
  validators.set(schema, validate);
  return validate(value);
}
