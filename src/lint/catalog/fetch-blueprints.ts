/** Lint: fetches the current blueprints of the rules from Port. Read only. */

import {ReactorError} from '../../base/errors.ts';
import type {PortClient, PortObject} from '../../clients/port.ts';
import {mappingsIn, textsAt} from '../written.ts';
import type {Blueprints} from './lint-blueprints.ts';

type Reader = Pick<PortClient, 'getBlueprint' | 'listBlueprints'>;

/**
 * Fetches blueprints from Port. Stops after the first failure and returns the blueprints fetched so far.
 * @param json the rules file, possibly with mistakes
 */
export async function fetchBlueprints(
  json: unknown,
  port: Reader,
): Promise<{blueprints: Blueprints; failure?: string}> {
  const known = new Map<string, PortObject | undefined>();
  try {
    for (const name of blueprintsIn(json)) known.set(name, await port.getBlueprint(name));
    const names = [...known.values()].includes(undefined) ? await port.listBlueprints() : [...known.keys()];
    return {blueprints: {known, names}};
  } catch (error) {
    if (error instanceof ReactorError) return {blueprints: {known, names: [...known.keys()]}, failure: error.message};
    throw error;
  }
}

function blueprintsIn(json: unknown): Set<string> {
  const rules = mappingsIn(json, 'rules');
  return new Set(rules.flatMap(({value}) => textsAt(value['blueprint'], []).map(part => part.value)));
}
