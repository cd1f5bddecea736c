/** Finds the root folder of the repository, also from a subfolder. */
import {existsSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import {isFile} from '../../../base/files.ts';
import {DEFAULT_RULES} from '../../../rules/default-path.ts';
import type {CliWorld} from '../world.ts';

/**
 * The world with the root of the repository as `cwd`. If `rules` is the default path, the root is the nearest parent folder in the
 * same git repository that contains it. Paths that the user typed stay relative to the user's folder.
 */
export function atHome(rules: string, world: CliWorld): CliWorld {
  if (rules !== DEFAULT_RULES) return world;
  const home = homeAbove(world.cwd);
  if (home === undefined || home === world.cwd) return world;
  world.writeError(`Rules: ${join(relative(world.cwd, home), DEFAULT_RULES)}\n`);
  return {...world, cwd: home};
}

function homeAbove(folder: string): string | undefined {
  if (isFile(join(folder, DEFAULT_RULES))) return folder;
  const above = dirname(folder);
  return above === folder || existsSync(join(folder, '.git')) ? undefined : homeAbove(above);
}

/** A hint if the file exists with the other extension, which Port Reactor ignores. Otherwise an empty text. */
export function otherExtension(path: string, cwd: string): string {
  const other = path.endsWith('.yml') ? path.replace(/yml$/, 'yaml') : path.replace(/yaml$/, 'yml');
  if (other === path || !isFile(resolve(cwd, other))) return '';
  return `${other} exists: rename it, or set it with --rules and in the input \`rules\` of the workflow. `;
}
