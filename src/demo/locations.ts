/** Read: the locations of the built relay and action, and of the repository's rules and scripts. */
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {ConfigError} from '../base/errors.ts';

export interface Locations {
  /** The folder that contains dist/ and .github/. */
  readonly root: string;
  readonly action: string;
  readonly relay: string;
  /** The paths in a checkout that the demo needs. */
  readonly files: readonly string[];
}

const RULES = '.github/port-reactor.yml';
const SCRIPTS = '.github/remediations';
const FILES = [RULES, `${SCRIPTS}/scale-up.sh`, `${SCRIPTS}/scale-up.map`, `${SCRIPTS}/close-stale-connections.sh`];

/** @throws {ConfigError} that lists all missing files and how to get them */
export function findLocations(dist: string): Locations {
  const root = resolve(dist, '..');
  const locations = {root, action: join(dist, 'index.js'), relay: join(dist, 'relay', 'index.js'), files: FILES};
  const unbuilt = [locations.action, locations.relay].filter(path => !existsSync(path));
  const missing = FILES.filter(path => !existsSync(join(root, path)));
  const problems = [
    ...unbuilt.map(path => ({message: `${path} is missing. Run npm ci && npm run build in ${root}`})),
    ...missing.map(path => ({message: `${join(root, path)} is missing. To restore it, run: git checkout -- ${path}`})),
  ];
  if (problems.length > 0)
    throw new ConfigError("The demo can't start because files of the repository are missing:", problems);
  return locations;
}
