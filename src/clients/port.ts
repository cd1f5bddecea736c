/** The part of Port's API that Port Reactor uses: runs, entities, blueprints and automations. */
import * as z from 'zod/mini';
import {PayloadError, ReactorError} from '../base/errors.ts';
import type {Snapshot} from '../change/change.ts';
import {parseKeepingNumbers, restoreEntity} from '../change/event/inexact-numbers.ts';
import {createPortCall, type PortCredentials, type PortDeps, segment, UPSERT} from './port-call.ts';
import {PortError} from './port-error.ts';
import {RetryBudget} from './retry-budget.ts';

export type {PortCredentials} from './port-call.ts';
export {PortError} from './port-error.ts';

/** An object from Port. Any text can be a key, including `__proto__`, so it must never be merged into another object. */
export type PortObject = Readonly<Record<string, unknown>>;

/** The result of a run, as shown in Port's audit of the automation. */
export interface RunReport {
  readonly status: 'SUCCESS' | 'FAILURE';
  /** The HTTP(S) URL of the workflow run, if there is one. */
  readonly link?: string;
  /** One line. */
  readonly summary: string;
  /** A line for the run's log. If absent, no line is written. */
  readonly message?: string;
}

/**
 * `already-closed`: a person or a repeated call closed the run before. It can no longer be changed. `unlogged`: why the log
 * line could not be written although the run was closed.
 */
interface RunClosing {
  readonly outcome: 'closed' | 'already-closed';
  readonly unlogged?: string;
}

export interface EntityNow {
  readonly entity: Snapshot;
  readonly truncated: readonly string[];
}

export interface PortClient {
  /**
   * Writes the log line, then closes the run with status, link and summary in one PATCH, because a closed run cannot be
   * changed.
   */
  closeRun(runId: string, report: RunReport): Promise<RunClosing>;
  /** The entity's current properties. Undefined if the entity does not exist. */
  getEntity(blueprint: string, entity: string): Promise<PortObject | undefined>;
  /**
   * The current entity. `truncated` lists numbers that JavaScript cannot represent, in the format of a change's `truncated`.
   * Undefined if the entity does not exist.
   */
  readEntity(blueprint: string, entity: string): Promise<EntityNow | undefined>;
  getBlueprint(blueprint: string): Promise<PortObject | undefined>;
  /** The identifiers of all blueprints. */
  listBlueprints(): Promise<string[]>;
  /** Port refuses an existing blueprint with 409 or 422. It is never overwritten. */
  createBlueprint(body: PortObject): Promise<void>;
  /** Like {@link createBlueprint}: never updates an existing entity. */
  createEntity(blueprint: string, body: PortObject): Promise<void>;
  /**
   * Creates entities, or changes the given properties and relations of existing ones. At most 20 per call.
   * @returns what Port refused, one sentence each
   */
  upsertEntities(blueprint: string, entities: readonly PortObject[]): Promise<string[]>;
  getAction(action: string): Promise<PortObject | undefined>;
  /** All automations. */
  listAutomations(): Promise<PortObject[]>;
  createAction(body: PortObject): Promise<void>;
  /** Replaces the whole action. */
  updateAction(action: string, body: PortObject): Promise<void>;
  /** An automation that does not exist counts as deleted. */
  deleteAction(action: string): Promise<void>;
}

/**
 * If Port refuses a request, the method rejects with a {@link PortError} that contains the solution. If Port cannot be reached,
 * it rejects with a `NetworkError`. The client sends no request before the first call.
 */
export function createPortClient(credentials: PortCredentials, deps: PortDeps): PortClient {
  const call = createPortCall(credentials, deps);
  const find = async (route: string, key: string) =>
    ifFound(async () => readObject(await call({method: 'GET', route}), key, route));
  return {
    closeRun: (runId, report) => closeRun(call, {runId, report, retryBudget: new RetryBudget(deps.sleep)}),
    async getEntity(blueprint, entity) {
      const route = `/v1/blueprints/${segment(blueprint)}/entities/${segment(entity)}`;
      const found = await find(route, 'entity');
      return found && readProperties(found, route);
    },
    async readEntity(blueprint, entity) {
      const route = `/v1/blueprints/${segment(blueprint)}/entities/${segment(entity)}`;
      const parse = (text: string) => parseKeepingNumbers(text).value;
      const found = await ifFound(async () => readObject(await call({method: 'GET', route, parse}), 'entity', route));
      return found && restoreEntity(toSnapshot(found, route));
    },
    getBlueprint: blueprint => find(`/v1/blueprints/${segment(blueprint)}`, 'blueprint'),
    async listBlueprints() {
      const route = '/v1/blueprints';
      return readIdentifiers(await call({method: 'GET', route}), route);
    },
    async createBlueprint(body) {
      await call({method: 'POST', route: '/v1/blueprints', body});
    },
    async createEntity(blueprint, body) {
      // Required by the specification (apispec.yaml). `true` would replace an entity that was created in the meantime.
      await call({method: 'POST', route: `/v1/blueprints/${segment(blueprint)}/entities?upsert=false`, body});
    },
    async upsertEntities(blueprint, entities) {
      const route = `/v1/blueprints/${segment(blueprint)}/entities/bulk?${UPSERT}`;
      return readRefusals(await call({method: 'POST', route, body: {entities}}));
    },
    getAction: action => find(`/v1/actions/${segment(action)}`, 'action'),
    async listAutomations() {
      const route = '/v1/actions?version=v2&trigger_type=automation';
      return readActions(await call({method: 'GET', route}), route);
    },
    async createAction(body) {
      await call({method: 'POST', route: '/v1/actions', body});
    },
    async updateAction(action, body) {
      await call({method: 'PUT', route: `/v1/actions/${segment(action)}`, body});
    },
    async deleteAction(action) {
      await ifFound(() => call({method: 'DELETE', route: `/v1/actions/${segment(action)}`}));
    },
  };
}

type Call = ReturnType<typeof createPortCall>;

interface Closing {
  readonly runId: string;
  readonly report: RunReport;
  readonly retryBudget: RetryBudget;
}

async function closeRun(call: Call, {runId, report, retryBudget}: Closing): Promise<RunClosing> {
  const {status, link, summary, message} = report;
  const route = `/v1/actions/runs/${segment(runId)}`;
  try {
    const unlogged = message === undefined ? undefined : await tryToLog(call, {route, message, retryBudget});
    const body = {...(link === undefined ? {} : {link}), summary, status};
    await call({method: 'PATCH', route: `${route}?version=v2`, body}, retryBudget.next());
    return {outcome: 'closed', ...(unlogged === undefined ? {} : {unlogged})};
  } catch (error) {
    if (isAlreadyClosed(error)) return {outcome: 'already-closed'};
    throw error;
  }
}

/** An open run looks unhandled, which is worse than a missing log line. So only an already closed run is an error here. */
async function tryToLog(
  call: Call,
  {route, message, retryBudget}: {readonly route: string; readonly message: string; readonly retryBudget: RetryBudget},
): Promise<string | undefined> {
  try {
    await call({method: 'POST', route: `${route}/logs`, body: {message}}, retryBudget);
    return undefined;
  } catch (error) {
    if (isAlreadyClosed(error) || !(error instanceof ReactorError)) throw error;
    return error.message;
  }
}

/**
 * A run is immutable after its terminal status (port-docs issues #947, #332). The codes are from Port's older specification.
 * Port's Ocean treats 409 as "already completed" (port-labs/ocean PR #3414).
 */
function isAlreadyClosed(error: unknown): boolean {
  if (!(error instanceof PortError)) return false;
  return error.status === 409 || ['run_exhausted', 'run_synchronized_error'].includes(error.code ?? '');
}

/** Undefined for a 404 from Port. Another 404, such as the page of a proxy, does not mean that the object is missing. */
async function ifFound<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PortError && error.status === 404 && error.isOfPort) return undefined;
    throw error;
  }
}

/** Not a record of zod, which would drop a key named `__proto__`. */
const AnyObject = z.custom<PortObject>(value => typeof value === 'object' && value !== null && !Array.isArray(value));

/** Responses are `{"ok": true, "<key>": {…}}`. The bodies of the action routes are not in Port's specification. */
function readObject(response: unknown, key: string, route: string): PortObject {
  const result = z.object({[key]: AnyObject}).safeParse(response);
  const object = result.data?.[key];
  if (object !== undefined) return object;
  throw new PayloadError(
    key,
    `is missing in the response to GET ${route}. Check that PORT_API_URL is the URL of Port's API`,
  );
}

function readProperties(entity: PortObject, route: string): PortObject {
  const result = z.object({properties: z.nullish(AnyObject)}).safeParse(entity);
  if (result.success) return result.data.properties ?? {};
  throw new PayloadError('entity.properties', `must be an object in the response to GET ${route}`);
}

function toSnapshot(entity: PortObject, route: string): Snapshot {
  const result = EntityOfPort.safeParse(entity);
  if (!result.success) throw new PayloadError('entity', `is not an entity in the response to GET ${route}`);
  const {title, team, properties, relations} = result.data;
  return {
    ...(title === undefined ? {} : {title}),
    ...(team === undefined || team === null ? {} : {team: [team].flat()}),
    properties: properties ?? {},
    relations: relations ?? {},
  };
}

const EntityOfPort = z.object({
  title: z.optional(z.nullable(z.string())),
  team: z.nullish(z.union([z.string(), z.array(z.string())])),
  properties: z.nullish(AnyObject),
  relations: z.nullish(AnyObject),
});

function readActions(response: unknown, route: string): PortObject[] {
  const result = z.object({actions: z.array(AnyObject)}).safeParse(response);
  if (result.success) return result.data.actions;
  throw new PayloadError('actions', `must be a list of automations in the response to GET ${route}`);
}

/** A response with status 200 or 207 can contain refusals of single entities. */
const Bulk = z.object({
  errors: z.nullish(z.array(z.object({identifier: z.optional(z.string()), message: z.optional(z.string())}))),
});

function readRefusals(response: unknown): string[] {
  const {errors} = Bulk.safeParse(response).data ?? {};
  return (errors ?? []).map(({identifier = 'an entity', message = 'refused'}) => `${identifier}: ${message}`);
}

const Blueprints = z.object({blueprints: z.array(z.object({identifier: z.string()}))});

function readIdentifiers(response: unknown, route: string): string[] {
  const result = Blueprints.safeParse(response);
  if (result.success) return result.data.blueprints.map(({identifier}) => identifier);
  throw new PayloadError('blueprints', `must be a list of blueprints in the response to GET ${route}`);
}
