/** Act: reads the entity of an incident from Port before the incident opens, to check its state. */
import type {Change} from '../../change/change.ts';
import type {PortClient} from '../../clients/port.ts';
import type {Rule} from '../../rules/rules.ts';
import {matchStatusOf} from './still-applies.ts';

/** Undefined if Port cannot be read, or if the result cannot be decided. Never rejects. */
export async function rereadEntity(
  rule: Rule,
  change: Change,
  port: Pick<PortClient, 'readEntity'> | undefined,
): Promise<'firing' | 'recovered' | 'deleted' | undefined> {
  if (port === undefined) return undefined;
  try {
    const current = await port.readEntity(change.blueprint, change.entity);
    if (current === undefined) return 'deleted';
    const status = matchStatusOf({rule, change}, current);
    if ('unknown' in status) return undefined;
    return 'outdated' in status ? 'recovered' : 'firing';
  } catch {
    return undefined;
  }
}
