/** Reads the existing objects in Port that the setup needs. Makes no changes. */

import {ReactorError} from '../../base/errors.ts';
import type {PortClient, PortObject} from '../../clients/port.ts';
import {PortError} from '../../clients/port.ts';
import {EXAMPLE_BLUEPRINT, EXAMPLE_ENTITY} from './example.ts';
import type {Existing, Found, Listed, Wanted} from './setup-plan.ts';

type Reader = Pick<PortClient, 'getBlueprint' | 'listBlueprints' | 'getAction' | 'listAutomations' | 'getEntity'>;

/**
 * Sends the requests in sequence. If Port rejects one, the error is recorded, and the others are still sent.
 * @throws {ReactorError} if Port is unreachable or rejects the credentials, because every request would fail
 */
export async function readExisting({automations, example, incidents}: Wanted, port: Reader): Promise<Existing> {
  const needed = automations.map(({trigger}) => trigger.event.blueprintIdentifier);
  const own = [...(example ? [EXAMPLE_BLUEPRINT.identifier] : []), ...(incidents ? [incidents.identifier] : [])];
  const blueprints = await findAll([...own, ...needed], id => port.getBlueprint(id));
  const isMissing = [...blueprints.values()].some(found => 'object' in found && found.object === undefined);
  return {
    blueprints,
    automations: await findAll(
      automations.map(({identifier}) => identifier),
      id => port.getAction(id),
    ),
    ...(example
      ? {exampleEntity: await find(() => port.getEntity(EXAMPLE_BLUEPRINT.identifier, EXAMPLE_ENTITY.identifier))}
      : {}),
    blueprintNames: isMissing ? await listNames(port) : [],
    listed: await listAutomations(port),
  };
}

async function findAll(
  identifiers: readonly string[],
  get: (identifier: string) => Promise<PortObject | undefined>,
): Promise<Map<string, Found>> {
  const all = new Map<string, Found>();
  for (const identifier of new Set(identifiers)) all.set(identifier, await find(() => get(identifier)));
  return all;
}

async function find(get: () => Promise<PortObject | undefined>): Promise<Found> {
  try {
    return {object: await get()};
  } catch (error) {
    return {error: portErrorOrThrow(error).message};
  }
}

/** All automations. The setup also works without this list, but reports less. */
async function listAutomations(port: Reader): Promise<Listed> {
  try {
    return {automations: await port.listAutomations()};
  } catch (error) {
    if (error instanceof ReactorError) return {error: error.message};
    throw error;
  }
}

/** Names for suggestions. An error is ignored. */
async function listNames(port: Reader): Promise<string[]> {
  try {
    return await port.listBlueprints();
  } catch (error) {
    if (error instanceof ReactorError) return [];
    throw error;
  }
}

function portErrorOrThrow(error: unknown): PortError {
  if (error instanceof PortError && error.status !== 401) return error;
  throw error;
}
