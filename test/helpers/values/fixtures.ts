/** The recorded bodies in test/fixtures. Each call reads the file again, so that tests cannot change each other's data. */
import {readdirSync, readFileSync} from 'node:fs';

const PORT = new URL('../../fixtures/port/', import.meta.url);

/** The body of test/fixtures/port/`name`.json. */
export function portBody(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, PORT), 'utf8'));
}

export function portBodyNames(): string[] {
  return readdirSync(PORT)
    .filter(file => file.endsWith('.json'))
    .map(file => file.replace(/\.json$/, ''));
}
