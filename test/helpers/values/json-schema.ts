/** JSON Schema, draft 7, with an independent validator. */
import {Ajv} from 'ajv';

/** It keeps what it compiled. Strict mode forbids valid schemas: keywords of one type next to alternatives of several types. */
const ajv = new Ajv({strict: false});

/** Whether the schema accepts the value. Throws if the schema is not valid. */
export function accepts(schema: object, value: unknown): boolean {
  return ajv.compile(schema)(value);
}
