/** Parse: every shape in which Port reports something → a typed change, or the name of what it is instead. */
import {PayloadError} from '../../base/errors.ts';
import {isObject, isSameJson, type JsonObject, wellFormed} from '../../base/json.ts';
import {showValue} from '../../base/text.ts';
import {type Actor, type Change, type ChangeAction, type ChangeSource, contentId, type Snapshot} from '../change.ts';
import {DRILL_MARK} from '../drill.ts';
import {
  type ActorOfPort,
  type EventOfPort,
  readBlueprint,
  readEntity,
  readParts,
  type SideOfPort,
} from './event-of-port.ts';
import {locateEvent, type Message, nullHint, objectIn, whatElse} from './locate-event.ts';
import {requireShallow} from './require-shallow.ts';

/** What a message turned out to be. A message of Port that is not an entity change is not an error. */
export type ParsedChange =
  | {readonly kind: 'change'; readonly change: Change}
  | {readonly kind: 'not-a-change'; readonly reason: string};

/** Port's run ids are letters, digits and `_`. Anything else would not be safe in the address of the run. */
const RUN_ID = /^\w[\w.:@-]{0,199}$/;

/**
 * The change that a message of Port's reports: legacy changelog, timer event, automation event (flattened, under `event`,
 * or in the whole template context), audit entry, workflow node body, and each of them through the execution agent.
 * @param body the parsed JSON
 * @param receivedAt ISO 8601. Used if the message has no time (a workflow node's body may not)
 * @param idOf the id of a change that came without a run. To compute it takes about as long as all else here
 * @throws {PayloadError} naming the path, if it is not a message of Port or a part is missing
 */
export function parseChange(body: unknown, receivedAt: string, idOf: IdOf = contentId): ParsedChange {
  if (!isObject(body)) throw new PayloadError('', `The body must be an object of Port's${nullHint(body)}`);
  const message = locateEvent(body);
  const {event, path} = message;
  const context = isObject(event['context']) ? event['context'] : undefined;
  const other = whatElse(message, context);
  if (other !== undefined) return {kind: 'not-a-change', reason: `${other}, not an entity change`};
  if (context === undefined) {
    throw new PayloadError(`${path}context`, `must be an object${nullHint(event['context'])}`);
  }
  const change = readChange(message, context, {receivedAt, idOf});
  // The audit log, and the old changelog after it, also report attempts.
  if (event['status'] === 'FAILURE')
    return {kind: 'not-a-change', reason: 'an attempt that failed, not an entity change'};
  return {kind: 'change', change: wellFormed(change)};
}

/** The id of a change that has none. */
export type IdOf = (change: Omit<Change, 'id'>) => string;

interface ReadFacts {
  readonly receivedAt: string;
  readonly idOf: IdOf;
}

function readChange(message: Message, context: JsonObject, {receivedAt, idOf}: ReadFacts): Change {
  const {event, path} = message;
  const isAutomation = 'blueprintIdentifier' in context;
  const names = isAutomation
    ? (['blueprintIdentifier', 'entityIdentifier'] as const)
    : (['blueprint', 'entity'] as const);
  const blueprint = readBlueprint(context[names[0]], `${path}context.${names[0]}`);
  const entity = readEntity(context[names[1]], `${path}context.${names[1]}`);
  const action = readAction(event['action'], `${path}action`);
  const {trigger, diff, timerProperty} = readParts(event, path);
  const runId = readRunId(message, isAutomation);
  const title = diff?.after?.title || diff?.before?.title || entity;
  const team = readTeam(diff?.after?.team ?? diff?.before?.team);
  const before = readSnapshot(diff?.before, `${path}diff.before`, {title, team});
  const after = readSnapshot(diff?.after, `${path}diff.after`, {title, team});
  requireSides({action, before, after}, diff, `${path}diff`);
  const timer = context['propertyIdentifier'] ?? timerProperty;
  const change: Omit<Change, 'id'> = {
    ...(runId === undefined ? {} : {runId}),
    source: readSource(message, isAutomation, runId),
    action,
    blueprint,
    entity,
    title,
    team,
    at: trigger?.at ?? receivedAt,
    by: readActor(trigger?.by, message),
    origin: trigger?.origin ?? '',
    before,
    after,
    ...(action === 'TIMER_EXPIRED' && typeof timer === 'string' ? {timer} : {}),
  };
  return {id: runId === undefined || isShared(runId) ? idOf(change) : runId, ...change};
}

/** Automations write `TIMER_EXPIRED`, the audit log "Timer Expired", workflows and triggers `TIMER_PROPERTY_EXPIRED`. */
const ACTIONS: ReadonlyMap<string, ChangeAction> = new Map([
  ['CREATE', 'CREATE'],
  ['UPDATE', 'UPDATE'],
  ['DELETE', 'DELETE'],
  ['TIMER_EXPIRED', 'TIMER_EXPIRED'],
  ['TIMER_PROPERTY_EXPIRED', 'TIMER_EXPIRED'],
]);

function readAction(value: unknown, where: string): ChangeAction {
  const action =
    typeof value === 'string' && (ACTIONS.get(value) ?? ACTIONS.get(value.toUpperCase().replaceAll(' ', '_')));
  if (action) return action;
  const actual = typeof value === 'string' ? `, but is ${showValue(value, 50)}` : nullHint(value);
  throw new PayloadError(where, `must be CREATE, UPDATE, DELETE or TIMER_EXPIRED${actual}`);
}

/**
 * The run that reported the change. A legacy changelog's `context.runId` is another: the run that *caused* the change,
 * shared by all that it caused, and not ours to close. In any other body it is an agent that inserted our own.
 */
function readRunId({body, whole, event}: Message, isAutomation: boolean): string | undefined {
  if (isRunId(body['runId'])) return body['runId'];
  const ofAgent = body !== event || isAutomation ? objectIn(body['context'])['runId'] : undefined;
  const candidates = [
    objectIn(body['port_context'])['runId'],
    objectIn(body['run'])['id'],
    objectIn(whole['run'])['id'],
    ofAgent,
  ];
  return candidates.find(isRunId);
}

function isRunId(id: unknown): id is string {
  return typeof id === 'string' && RUN_ID.test(id);
}

/** A workflow's run, each of whose nodes may report another change. */
function isShared(runId: string): boolean {
  return runId.startsWith('wfr_');
}

function readSource({body, event}: Message, isAutomation: boolean, runId: string | undefined): ChangeSource {
  if (body[DRILL_MARK] === true) return 'drill';
  if (runId?.startsWith('wfnr_') || runId?.startsWith('wfr_')) return 'workflow';
  // Audit entries and old timer events carry an id of their own.
  const isAudit = typeof event['identifier'] === 'string' && event['identifier'].startsWith('event_');
  return isAutomation && !isAudit ? 'automation' : 'changelog';
}

/** @param usual the title and the teams of the change: a side has its own only if they differ */
function readSnapshot(snapshot: SideOfPort, where: string, usual: Pick<Change, 'title' | 'team'>): Snapshot | null {
  if (snapshot === null || snapshot === undefined) return null;
  const {title, team, properties, relations} = snapshot;
  const hasOwnTeam = team !== undefined && !isSameJson(readTeam(team), usual.team);
  const own = {
    ...(title === undefined || title === usual.title ? {} : {title}),
    ...(hasOwnTeam ? {team: readTeam(team)} : {}),
  };
  return requireShallow({...own, properties: properties ?? {}, relations: relations ?? {}}, where);
}

/** @param diff as Port sent it: an absent side and a null side have different causes */
function requireSides(
  change: Pick<Change, 'action' | 'before' | 'after'>,
  diff: EventOfPort['diff'],
  where: string,
): void {
  const {action} = change;
  if (action === 'TIMER_EXPIRED') return;
  const side = action === 'DELETE' ? 'before' : 'after';
  if (change[side] !== null) return;
  const written = diff === null ? null : diff?.[side];
  throw new PayloadError(`${where}.${side}`, `must be the entity ${side} the ${action}${nullHint(written)}`);
}

function readTeam(team: string | string[] | null | undefined): string[] {
  return typeof team === 'string' ? [team] : (team ?? []);
}

/** Only the whole template context has the e-mail address, under the outer trigger. */
function readActor(by: ActorOfPort, {whole}: Message): Actor {
  const userId = by?.userId ?? undefined;
  const outer = objectIn(objectIn(whole['trigger'])['by']);
  const isSame = userId !== undefined && outer['userId'] === userId;
  const email = by?.email ?? (isSame ? objectIn(outer['user'])['email'] : undefined);
  return {
    ...(userId ? {userId} : {}),
    ...(email && typeof email === 'string' ? {email} : {}),
    ...(by?.byPort ? {byPort: true} : {}),
  };
}
