/** The catalog of the demo, and its changes as Port's automations post them. Pure. */
import {EXAMPLE_BLUEPRINT, EXAMPLE_ENTITY} from '../cli/init/example.ts';

/** A change of one property of an entity. */
export interface CatalogChange {
  readonly blueprint: string;
  readonly entity: string;
  readonly title: string;
  /** All properties before the change. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly property: string;
  readonly to: unknown;
}

const deployment = {
  blueprint: EXAMPLE_BLUEPRINT.identifier,
  entity: EXAMPLE_ENTITY.identifier,
  title: EXAMPLE_ENTITY.title,
};

const database = {blueprint: 'database', entity: 'orders-db', title: 'Orders Database'};

const healthy = EXAMPLE_ENTITY.properties;

export const DEGRADES: CatalogChange = {
  ...deployment,
  properties: healthy,
  property: 'healthStatus',
  to: 'Degraded',
};

export const CPU_RISES: CatalogChange = {
  ...database,
  properties: {cpuUtil: 72, activeConnections: 188, engine: 'PostgreSQL 17'},
  property: 'cpuUtil',
  to: 91,
};

export const MEMORY_RISES: CatalogChange = {
  ...deployment,
  properties: {...healthy, healthStatus: 'Degraded'},
  property: 'memoryUtil',
  to: 35,
};

export const DEGRADES_AGAIN: CatalogChange = {
  ...deployment,
  properties: {...healthy, memoryUtil: 35},
  property: 'healthStatus',
  to: 'Degraded',
};

export const RECOVERS: CatalogChange = {
  ...deployment,
  properties: {...healthy, healthStatus: 'Degraded', memoryUtil: 35},
  property: 'healthStatus',
  to: 'Healthy',
};

/**
 * The body of the webhook: the flattened event, and the ID of the automation run.
 * @param at ISO 8601
 */
export function webhookBody(change: CatalogChange, at: string, runId?: string): object {
  const {blueprint, entity, properties, property, to} = change;
  return {
    action: 'UPDATE',
    resourceType: 'entity',
    trigger: {by: {orgId: 'org_PortReactorDemo', userId: 'cluster-exporter'}, origin: 'API', at},
    context: {blueprintIdentifier: blueprint, entityIdentifier: entity, propertyIdentifier: null},
    diff: {
      before: snapshot(change, properties),
      after: snapshot(change, {...properties, [property]: to}),
    },
    ...(runId === undefined ? {} : {runId}),
  };
}

function snapshot({blueprint, entity, title}: CatalogChange, properties: CatalogChange['properties']): object {
  return {identifier: entity, title, icon: null, team: [], properties, relations: {}, blueprint};
}
