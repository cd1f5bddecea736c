/**
 * A strict fake of Port's API on a free port, based on static/apispec.yaml of port-docs and on observed behavior.
 *
 * - It refuses what Port refuses: missing or expired tokens (401), unknown keys (422 `invalid_request`), values that do not
 *   fit the blueprint (422 `blueprint_schema_mismatch`), taken identifiers (409 `identifier_taken`), private webhook
 *   addresses (403 `private_destination`), bodies over 1 MiB (413), changes of ended runs (422 `run_exhausted`).
 * - It has one token until {@link PortServer.expireToken}.
 * - `port.blueprints`, `entities`, `actions` and `runs` are its state. Tests set and read it.
 * - `port.audit` is its audit log: `record(entry)` adds an entry. Its settings cover what Port does not document.
 * - `port.replyNext('PATCH /v1/actions/runs/', {status: 503})` sets the next response. Several are used in turn.
 * - While `port.replyAll = request => …` is set, it is called first. It can return a promise.
 * - `port.calls` lists the requests, as `PATCH /v1/actions/runs/r_1?version=v2`, without those for tokens.
 */
import {z} from 'zod';
import {type RecordedRequest, type Reply, startServer, type TestServer} from './http-server.ts';
import {AuditLog, auditReply} from './port-audit-log.ts';

type Json = Record<string, unknown>;

interface PortRun {
  status: 'IN_PROGRESS' | 'SUCCESS' | 'FAILURE';
  /** Synchronized runs accept no status from outside (422 `run_synchronized_error`). */
  synchronized?: boolean;
  link?: unknown;
  summary?: string;
  /** The log lines, oldest first. */
  logs: string[];
  /** The payload that was sent. Port does not document whether a run contains it, so it is optional. */
  payload?: {readonly url?: string; readonly body?: unknown};
  /** The identifier of its automation. */
  action?: string;
}

export interface PortServer extends TestServer {
  /** Credentials of this server for `createPortClient`. */
  readonly credentials: {readonly clientId: string; readonly clientSecret: string; readonly apiUrl: string};
  readonly blueprints: Map<string, Json>;
  /** By `blueprint/entity`. */
  readonly entities: Map<string, Json>;
  readonly actions: Map<string, Json>;
  readonly runs: Map<string, PortRun>;
  readonly audit: AuditLog;
  readonly calls: readonly string[];
  /** Opens a run, as Port does when an automation is triggered. */
  startRun(id: string, run?: Partial<PortRun>): PortRun;
  /** Refuses the current token from now on. The next token is a new one. */
  expireToken(): void;
  /**
   * Answers the next request whose `METHOD /url` starts with `start` with this reply, before any check.
   * Also works for the route of tokens, `POST /v1/auth/access_token`.
   */
  replyNext(start: string, reply: PortReply): void;
  replyAll: ((request: RecordedRequest) => PortReply | undefined | Promise<PortReply | undefined>) | undefined;
}

/** `cut` ends the connection in the middle of the response. */
export type PortReply = Reply | 'reset' | 'cut';

const CLIENT_ID = 'test-client-id';
const CLIENT_SECRET = 'test-client-secret';
const AUTH = '/v1/auth/access_token';
const MAX_BYTES = 1024 * 1024;

export async function startPortServer(): Promise<PortServer> {
  const state: State = {
    tokens: 1,
    blueprints: new Map(),
    entities: new Map(),
    actions: new Map(),
    runs: new Map(),
    audit: new AuditLog(),
  };
  const scripted: {start: string; reply: PortReply}[] = [];
  const server = await startServer(async request => {
    const index = scripted.findIndex(({start}) => `${request.method} ${request.url}`.startsWith(start));
    const [planned] = index === -1 ? [] : scripted.splice(index, 1);
    const reply = planned?.reply ?? (await port.replyAll?.(request)) ?? answer(state, request);
    return typeof reply === 'string' ? reply : {...reply, headers: {'x-trace-id': 'trace-1234', ...reply.headers}};
  });
  const port: PortServer = {
    ...server,
    ...state,
    credentials: {clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, apiUrl: server.url},
    get calls() {
      return server.requests.filter(({path}) => path !== AUTH).map(({method, url}) => `${method} ${url}`);
    },
    startRun(id, run = {}) {
      const started: PortRun = {status: 'IN_PROGRESS', logs: [], ...run};
      state.runs.set(id, started);
      return started;
    },
    expireToken() {
      state.tokens++;
    },
    replyNext(start, reply) {
      scripted.push({start, reply});
    },
    replyAll: undefined,
  };
  return port;
}

interface State {
  /** The number of tokens so far. The last is valid. */
  tokens: number;
  readonly blueprints: Map<string, Json>;
  readonly entities: Map<string, Json>;
  readonly actions: Map<string, Json>;
  readonly runs: Map<string, PortRun>;
  readonly audit: AuditLog;
}

/** A refusal in Port's form. */
class Refusal extends Error {
  readonly reply: Reply;

  constructor(status: number, error: string, message: string) {
    super(message);
    this.reply = {status, body: {ok: false, error, message}};
  }
}

function answer(state: State, request: RecordedRequest): Reply {
  try {
    checkBody(request);
    if (request.path !== AUTH && request.headers['authorization'] !== `Bearer ${tokenOf(state)}`)
      throw new Refusal(401, 'unauthorized', 'Unauthorized');
    for (const [method, pattern, route] of ROUTES) {
      const match = pattern.exec(request.path);
      if (match !== null && method === request.method) {
        return route(state, match.slice(1).map(decodeURIComponent), request);
      }
    }
    throw new Refusal(404, 'not_found', `Route ${request.method}:${request.url} not found`);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

function checkBody({method, headers, text, json}: RecordedRequest): void {
  if (method === 'GET' || method === 'DELETE') return;
  if (Buffer.byteLength(text) > MAX_BYTES) throw new Refusal(413, 'payload_too_large', 'Request body is too large');
  if (!headers['content-type']?.startsWith('application/json') || json === undefined)
    throw new Refusal(422, 'invalid_request', 'body must be application/json');
}

type Route = (state: State, identifiers: string[], request: RecordedRequest) => Reply;

const ROUTES: readonly (readonly [string, RegExp, Route])[] = [
  ['GET', /^\/v1\/audit-log$/, ({audit}, _, {query}) => auditReply(audit, query)],
  ['POST', /^\/v1\/auth\/access_token$/, createToken],
  ['GET', /^\/v1\/blueprints$/, ({blueprints}) => ok({blueprints: [...blueprints.values()]})],
  ['POST', /^\/v1\/blueprints$/, createBlueprint],
  ['GET', /^\/v1\/blueprints\/([^/]+)$/, ({blueprints}, [id = '']) => ok({blueprint: existing(blueprints, id)})],
  ['POST', /^\/v1\/blueprints\/([^/]+)\/entities$/, createEntity],
  ['POST', /^\/v1\/blueprints\/([^/]+)\/entities\/bulk$/, upsertEntities],
  ['GET', /^\/v1\/blueprints\/([^/]+)\/entities\/([^/]+)$/, getEntity],
  ['GET', /^\/v1\/actions\/runs$/, listRuns],
  ['GET', /^\/v1\/actions$/, ({actions}) => ok({actions: [...actions.values()]})],
  ['POST', /^\/v1\/actions$/, createAction],
  ['GET', /^\/v1\/actions\/([^/]+)$/, ({actions}, [id = '']) => ok({action: existing(actions, id)})],
  ['PUT', /^\/v1\/actions\/([^/]+)$/, replaceAction],
  ['DELETE', /^\/v1\/actions\/([^/]+)$/, deleteAction],
  ['GET', /^\/v1\/actions\/runs\/([^/]+)$/, ({runs}, [id = '']) => ok({run: {id, ...existing(runs, id)}})],
  ['PATCH', /^\/v1\/actions\/runs\/([^/]+)$/, patchRun],
  ['POST', /^\/v1\/actions\/runs\/([^/]+)\/logs$/, logToRun],
];

function deleteAction({actions}: State, [id = '']: string[]): Reply {
  existing(actions, id);
  actions.delete(id);
  return ok({});
}

function ok(body: Json, status = 200): Reply {
  return {status, body: {ok: true, ...body}};
}

function existing<T>(things: ReadonlyMap<string, T>, identifier: string): T {
  const found = things.get(identifier);
  if (found === undefined) throw new Refusal(404, 'not_found', `"${identifier}" was not found`);
  return found;
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Refusal(422, 'invalid_request', `body/${issue?.path.map(String).join('/')}: ${issue?.message}`);
}

function tokenOf({tokens}: State): string {
  return `token-number-${tokens}`;
}

const Credentials = z.strictObject({clientId: z.string(), clientSecret: z.string()});

function createToken(state: State, _: string[], {json}: RecordedRequest): Reply {
  const {clientId, clientSecret} = check(Credentials, json);
  if (clientId !== CLIENT_ID || clientSecret !== CLIENT_SECRET)
    throw new Refusal(401, 'unauthorized', 'Invalid credentials');
  return ok({accessToken: tokenOf(state), expiresIn: 10_800, tokenType: 'Bearer'});
}

/** Blueprints: letters of any script, slashes and backslashes, at most 100. Actions: neither slash nor backslash. */
const BlueprintIdentifier = z
  .string()
  .max(100)
  .regex(/^(?!\.{1,2}$)[\p{L}0-9@_.+:\\/-]+$/u);
const ActionIdentifier = z
  .string()
  .max(100)
  .regex(/^(?!\.{1,2}$)[\p{L}0-9@_.+:=-]+$/u);
const EntityIdentifier = z
  .string()
  .max(1000)
  .regex(/^(?!\.{1,2}$)[\p{L}0-9@_.+:\\/=-]+$/u);
const AnyObject = z.record(z.string(), z.unknown());

const Property = z.looseObject({type: z.enum(['string', 'number', 'boolean', 'object', 'array'])});
/** Without `changelogDestination`, which Port removed in July 2026. */
const Blueprint = z.strictObject({
  identifier: BlueprintIdentifier,
  title: z.string().min(1).max(100),
  description: z.string().max(200).optional(),
  icon: z.string().optional(),
  schema: z.strictObject({
    properties: z.record(z.string().regex(/^[A-Za-z0-9@_=\\-]+$/), Property),
    required: z.array(z.string()).optional(),
  }),
  mirrorProperties: AnyObject.optional(),
  calculationProperties: AnyObject.optional(),
  aggregationProperties: AnyObject.optional(),
  relations: AnyObject.optional(),
});

function createBlueprint({blueprints}: State, _: string[], {json}: RecordedRequest): Reply {
  const blueprint = check(Blueprint, json);
  takeIdentifier(blueprints, blueprint.identifier);
  blueprints.set(blueprint.identifier, {...blueprint, ...timestamps()});
  return ok({blueprint: blueprints.get(blueprint.identifier)}, 201);
}

const Entity = z.strictObject({
  identifier: EntityIdentifier,
  title: z.string().optional(),
  icon: z.string().optional(),
  team: z.union([z.string(), z.array(z.string())]).optional(),
  properties: AnyObject.default({}),
  relations: AnyObject.default({}),
});

function createEntity(state: State, [id = '']: string[], {json, query}: RecordedRequest): Reply {
  const blueprint = existing(state.blueprints, id);
  if (query.get('upsert') === null) throw new Refusal(422, 'invalid_request', 'querystring/upsert is required');
  const entity = check(Entity, json);
  if (query.get('upsert') !== 'true') takeIdentifier(state.entities, `${id}/${entity.identifier}`);
  checkProperties(blueprint, entity.properties);
  state.entities.set(`${id}/${entity.identifier}`, {...entity, blueprint: id, ...timestamps()});
  return ok({entity}, 201);
}

/** Patches existing entities. An entity that does not match its blueprint is refused, and the others are written. */
function upsertEntities(state: State, [id = '']: string[], {json, query}: RecordedRequest): Reply {
  const blueprint = existing(state.blueprints, id);
  if (query.get('upsert') !== 'true' || query.get('merge') !== 'true')
    throw new Refusal(422, 'invalid_request', 'the fake only patches');
  const {entities} = check(z.strictObject({entities: z.array(Entity).min(1).max(20)}), json);
  const errors = entities.flatMap((entity, index) => {
    try {
      checkProperties(blueprint, entity.properties);
      checkRelations(state, blueprint, entity.relations);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return [{...(error.reply.body as Json), identifier: entity.identifier, index}];
    }
    const key = `${id}/${entity.identifier}`;
    const before = state.entities.get(key) as {properties: Json; relations: Json} | undefined;
    const properties = {...before?.properties, ...entity.properties};
    const relations = {...before?.relations, ...entity.relations};
    state.entities.set(key, {...entity, properties, relations, blueprint: id, ...timestamps()});
    return [];
  });
  return ok({entities: [], errors}, errors.length === 0 ? 200 : 207);
}

function checkRelations({entities}: State, {relations}: Json, values: Json): void {
  for (const [name, entity] of Object.entries(values)) {
    const relation = (relations as Record<string, {target: string}> | undefined)?.[name];
    if (relation === undefined) throw new Refusal(422, 'invalid_request', `no relation "${name}"`);
    existing(entities, `${relation.target}/${String(entity)}`);
  }
}

function checkProperties(blueprint: Json, values: Json): void {
  const {properties} = (blueprint['schema'] ?? {properties: {}}) as {properties: Record<string, Json>};
  for (const [name, value] of Object.entries(values)) {
    const property = properties[name];
    const isKnown = property !== undefined && (value === null || typeOf(value) === property['type']);
    const isListed = !Array.isArray(property?.['enum']) || value === null || property['enum'].includes(value);
    if (!isKnown || !isListed) throw new Refusal(422, 'blueprint_schema_mismatch', `"${name}" does not fit`);
  }
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function getEntity({blueprints, entities}: State, [blueprint = '', entity = '']: string[]): Reply {
  existing(blueprints, blueprint);
  return ok({entity: existing(entities, `${blueprint}/${entity}`)});
}

const EntityEvent = z.strictObject({
  type: z.enum(['ENTITY_CREATED', 'ENTITY_UPDATED', 'ENTITY_DELETED', 'ANY_ENTITY_CHANGE']),
  blueprintIdentifier: z.string(),
});
const TimerEvent = z.strictObject({
  type: z.literal('TIMER_PROPERTY_EXPIRED'),
  blueprintIdentifier: z.string(),
  propertyIdentifier: z.string(),
});
const Flag = z.union([z.boolean(), z.string()]);
const Action = z.strictObject({
  identifier: ActionIdentifier,
  title: z.string().optional(),
  icon: z.string().optional(),
  description: z.string().optional(),
  trigger: z.strictObject({
    type: z.literal('automation'),
    event: z.discriminatedUnion('type', [EntityEvent, TimerEvent]),
    condition: z
      .strictObject({
        type: z.literal('JQ'),
        expressions: z.array(z.string()),
        combinator: z.enum(['and', 'or']).optional(),
      })
      .optional(),
  }),
  invocationMethod: z.strictObject({
    type: z.literal('WEBHOOK'),
    url: z.string(),
    agent: Flag.optional(),
    synchronized: Flag.optional(),
    method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.union([AnyObject, z.array(z.unknown())]).optional(),
  }),
  requiredApproval: z.boolean().optional(),
  publish: z.boolean().optional(),
  allowAnyoneToViewRuns: z.boolean().optional(),
});

function createAction(state: State, _: string[], {json}: RecordedRequest): Reply {
  const action = checkAction(state, json);
  takeIdentifier(state.actions, action.identifier);
  return storeAction(state, action, 201);
}

function replaceAction(state: State, [id = '']: string[], {json}: RecordedRequest): Reply {
  existing(state.actions, id);
  return storeAction(state, checkAction(state, json), 200);
}

function checkAction(state: State, json: unknown): z.infer<typeof Action> {
  const action = check(Action, json);
  existing(state.blueprints, action.trigger.event.blueprintIdentifier);
  const {hostname} = new URL(action.invocationMethod.url);
  if (/^(localhost|127\.|10\.|192\.168\.)/.test(hostname))
    throw new Refusal(403, 'private_destination', `Destination "${hostname}" is private`);
  return action;
}

/** Port adds defaults and timestamps. */
function storeAction({actions}: State, action: z.infer<typeof Action>, status: number): Reply {
  const defaults = {requiredApproval: false, allowAnyoneToViewRuns: true, publish: true};
  actions.set(action.identifier, {id: 'action_0123456789', ...defaults, ...action, ...timestamps()});
  return ok({action: actions.get(action.identifier)}, status);
}

function takeIdentifier(things: ReadonlyMap<string, unknown>, identifier: string): void {
  if (things.has(identifier)) throw new Refusal(409, 'identifier_taken', `"${identifier}" already exists`);
}

function timestamps(): Json {
  const at = '2026-11-20T12:00:00.000Z';
  return {createdAt: at, createdBy: 'test-user', updatedAt: at, updatedBy: 'test-user'};
}

const RunsQuery = z.strictObject({
  version: z.literal('v2').optional(),
  active: z.literal('true').optional(),
  source: z.enum(['AUTOMATION', 'UI', 'API']).optional(),
  blueprint: z.string().optional(),
  entity: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
});

function listRuns({runs}: State, _: string[], {query}: RecordedRequest): Reply {
  const {active, limit = 1000} = check(RunsQuery, Object.fromEntries(query));
  const found = [...runs].filter(([, {status}]) => active === undefined || status === 'IN_PROGRESS');
  return ok({runs: found.slice(-limit).map(([id, run]) => ({id, source: 'AUTOMATION', ...run}))});
}

const RunPatch = z.strictObject({
  status: z.enum(['SUCCESS', 'FAILURE']).optional(),
  statusLabel: z.string().optional(),
  link: z.union([z.string(), z.array(z.string())]).optional(),
  summary: z.string().optional(),
  externalRunId: z.string().optional(),
});

function patchRun({runs}: State, [id = '']: string[], {json}: RecordedRequest): Reply {
  const run = existing(runs, id);
  const patch = check(RunPatch, json);
  requireOpen(run);
  if (run.synchronized && patch.status !== undefined)
    throw new Refusal(422, 'run_synchronized_error', 'The status of a synchronized run cannot be changed');
  Object.assign(run, patch);
  return ok({run: {id, ...run}});
}

const RunLog = z.strictObject({
  message: z.string().min(1),
  terminationStatus: z.enum(['SUCCESS', 'FAILURE']).optional(),
  statusLabel: z.string().optional(),
});

function logToRun({runs}: State, [id = '']: string[], {json}: RecordedRequest): Reply {
  const run = existing(runs, id);
  const {message, terminationStatus} = check(RunLog, json);
  requireOpen(run);
  run.logs.push(message);
  if (terminationStatus !== undefined) run.status = terminationStatus;
  return ok({runLog: {id: `log_${run.logs.length}`, runId: id, message}}, 201);
}

function requireOpen({status}: PortRun): void {
  if (status !== 'IN_PROGRESS') throw new Refusal(422, 'run_exhausted', `The run has ended with ${status}`);
}
