/** Blueprints as files of the repository, to check pull requests against the catalog without credentials. */
import {createHash} from 'node:crypto';
import {readdirSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {statsOf} from '../../base/files.ts';
import type {PortObject} from '../../clients/port.ts';

/** Relative to the root of the repository. */
export const BLUEPRINTS_FOLDER = '.github/blueprints';

/** The paths of the files, sorted by name. */
export function savedBlueprints(root: string): string[] {
  const folder = resolve(root, BLUEPRINTS_FOLDER);
  const names = statsOf(folder)?.isDirectory() ? readdirSync(folder).filter(name => name.endsWith('.json')) : [];
  return names.toSorted().map(name => join(BLUEPRINTS_FOLDER, name));
}

/** The file of a blueprint. The name gets a hash if the identifier contains characters that are not safe in file names. */
export function blueprintFile(identifier: string): string {
  const hash = createHash('sha256').update(identifier).digest('hex').slice(0, 8);
  const plain = /^[a-z_][a-z0-9_-]*$/i.test(identifier) && identifier.length <= 80;
  const name = plain ? identifier : `${identifier.replace(/[^\w-]/g, '_').slice(0, 80)}_${hash}`;
  return join(BLUEPRINTS_FOLDER, `${name}.json`);
}

/** Keys that change on every save or identify people. */
const VOLATILE = ['id', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy'];

export function blueprintText(blueprint: PortObject): string {
  const kept = Object.entries(blueprint).filter(([key]) => !VOLATILE.includes(key));
  return `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`;
}
