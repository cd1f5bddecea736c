/** JSON Schema, draft 7, with an independent validator. */
import {Ajv, type ValidateFunction} from 'ajv';

const validators = new Map<unknown, ValidateFunction>();

/** Whether the schema accepts the value. Throws if the schema is not valid. */
export function accepts(schema: object, value: unknown): boolean {
  // Strict mode forbids valid schemas: keywords of one type next to alternatives of several types.
  const validate = validators.get(schema) ?? new Ajv({strict: false}).compile(schema);
  validators.set(schema, validate);
  return validate(value);
}
