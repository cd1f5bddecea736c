/** Lint: the blueprints that rules watch, as Port has them now. Read only. */

import {ReactorError} from '../../base/errors.ts';
import type {PortClient, PortObject} from '../../clients/port.ts';
import {mappingsIn, textsAt} from '../written.ts';
import type {Blueprints} from './lint-blueprints.ts';

type Reader = Pick<PortClient, 'getBlueprint' | 'listBlueprints'>;

/**
 * The blueprints that Port returns. After the first failure no more requests are made, and what is known is returned.
 * @param json the rules file, with or without mistakes
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
