/** Act: writes the entities of incidents to Port. The entities are only a view, so a failure is a remark. */
import {messageOf, ReactorError} from '../base/errors.ts';
import {count} from '../base/text/show.ts';
import type {PortClient, PortObject} from '../clients/port.ts';

/**
 * Port's limit per request.
 * @see https://docs.port.io/api-reference/create-multiple-entities
 */
const MAX_AT_ONCE = 20;

/**
 * Never rejects for a response of Port.
 * @returns what could not be written
 */
export async function showInPort(
  blueprint: string,
  entities: readonly PortObject[],
  port: Pick<PortClient, 'upsertEntities'>,
): Promise<string[]> {
  const problems: string[] = [];
  for (let start = 0; start < entities.length; start += MAX_AT_ONCE) {
    try {
      problems.push(...(await port.upsertEntities(blueprint, entities.slice(start, start + MAX_AT_ONCE))));
    } catch (error) {
      if (!(error instanceof ReactorError)) throw error;
      problems.push(`${count(entities.length - start, 'incident')}: ${messageOf(error)}`); // the remaining requests would fail too
      break;
    }
  }
  return problems.map(problem => `Incidents could not be updated in Port: ${problem} (${ADVICE})`);
}

const ADVICE =
  'the memory is up to date. If the blueprint or a relation is missing, run `port-reactor init --incidents`';
