/** JSON Schema, draft 7, with an independent validator. */
import {Ajv} from 'ajv';

/** Caches compiled schemas. Strict mode is off, because it refuses valid schemas: keywords of one type next to a union of types. */
const ajv = new Ajv({strict: false});

/** True if the schema accepts the value. @throws {Error} if the schema is not valid */
export function accepts(schema: object, value: unknown): boolean {
  return ajv.compile(schema)(value);
}
