/** A catalog for storms: entities of a realistic shape and any size, with compressible or random values. */
import {createHash} from 'node:crypto';
import type {Change, Snapshot} from '../../../src/change/change.ts';
import {aChange} from './a-change.ts';

export interface CatalogOptions {
  /** The approximate size of the JSON of one change. */
  readonly bytes: number;
  /** The part of the properties that is random, from 0 to 1. */
  readonly noise: number;
}

const TEXT = 'The service takes orders from the shop, checks the stock, and hands them to the warehouse. '.repeat(2);
const VALUE_LENGTH = 64;

/** The n-th change of a storm: only `healthStatus` of the entity changes. */
export function aCatalogChange(n: number, entity: string, {bytes, noise}: CatalogOptions): Change {
  const properties: Record<string, unknown> = {
    locked: false,
    version: `v1.${n % 40}.0`,
    newRelicUrl: `https://one.newrelic.com/entities/${entity}`,
  };
  // The text is in `before` and in `after`, with about 700 bytes of other values.
  const values = Math.max(Math.floor((bytes - 700) / 2 / (VALUE_LENGTH + 16)), 0);
  for (let i = 0; i < values; i++) {
    const isRandom = i < values * noise;
    properties[`property${i}`] = isRandom ? randomText(`${n}.${i}`) : TEXT.slice((n + i) % 90).slice(0, VALUE_LENGTH);
  }
  const side = (healthStatus: string): Snapshot => ({
    properties: {healthStatus, ...properties},
    relations: {service: entity, owner: null},
  });
  return aChange({
    runId: `r_${randomText(`run ${n}`).slice(0, 16)}`,
    entity,
    title: `Deployment of ${entity}`,
    team: ['payments'],
    at: new Date(1_763_900_000_000 + n).toISOString(),
    before: side(n % 2 === 0 ? 'Healthy' : 'Degraded'),
    after: side(n % 2 === 0 ? 'Degraded' : 'Crashed'),
  });
}

/** 64 characters, different for each seed. */
function randomText(seed: string): string {
  return createHash('sha256').update(seed).digest('hex');
}
