/** Lint: the blueprints that rules watch, as Port has them now. Only questions are asked. */

import {ReactorError} from '../../base/errors.ts';
import type {PortClient, PortObject} from '../../clients/port.ts';
import {mappingsIn, textsAt} from '../written.ts';
import type {Blueprints} from './lint-blueprints.ts';

type Reader = Pick<PortClient, 'getBlueprint' | 'listBlueprints'>;

/**
 * What Port tells; after the first failure nothing more is asked, and what is known by then is given.
 * @param json the rules file, mended or not
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
