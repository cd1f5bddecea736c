/** Parse: any message from Port → a typed change, or a description of the event if it is not a change. */
import {PayloadError} from '../../base/errors.ts';
import {isObject, isSameJson, type JsonObject, wellFormed} from '../../base/json.ts';
import {showValue} from '../../base/text/show.ts';
import {type Actor, type Change, type ChangeAction, type ChangeSource, contentId, type Snapshot} from '../change.ts';
import {DRILL_MARK} from '../drill.ts';
import {describeOtherEvent, locateEvent, type Message, nullHint, objectIn} from './locate-event.ts';
import {type PortActor, type PortEvent, type PortSide, readBlueprint, readEntity, readParts} from './port-event.ts';
import {requireShallow} from './require-shallow.ts';

/** A parsed message. A message from Port that is not an entity change is not an error. */
export type ParsedChange =
  | {readonly kind: 'change'; readonly change: Change}
  | {readonly kind: 'not-a-change'; readonly reason: string};

/** Port's run ids are letters, digits and `_`. Other characters would not be safe in the URL of the run. */
const RUN_ID = /^\w[\w.:@-]{0,199}$/;

/**
 * Parses the change in a message from Port: legacy changelog, timer event, automation event (flattened, under `event`, or in
 * the whole template context), audit entry or workflow node body. Each can come through the execution agent.
 * @param body the parsed JSON
 * @param receivedAt ISO 8601. Used if the message has no time, for example the body of a workflow node
 * @param idOf computes the id of a change without a run. That takes about half of the total time
 * @throws {PayloadError} with the path, if it is not a message from Port or a part is missing
 */
export function parseChange(body: unknown, receivedAt: string, idOf: IdOf = contentId): ParsedChange {
  if (!isObject(body)) throw new PayloadError('', `The body must be a JSON object from Port${nullHint(body)}`);
  const message = locateEvent(body);
  const {event, path} = message;
  const context = isObject(event['context']) ? event['context'] : undefined;
  const other = describeOtherEvent(message, context);
  if (other !== undefined) return {kind: 'not-a-change', reason: `${other}, not an entity change`};
  if (context === undefined) {
    throw new PayloadError(`${path}context`, `must be an object${nullHint(event['context'])}`);
  }
  const change = readChange(message, context, {receivedAt, idOf});
  // The audit log and the legacy changelog also report failed attempts.
  if (event['status'] === 'FAILURE') return {kind: 'not-a-change', reason: 'a failed attempt, not an entity change'};
  return {kind: 'change', change: wellFormed(change)};
}

/** Computes the id of a change without a run. */
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

/** Automations use `TIMER_EXPIRED`, the audit log uses "Timer Expired", workflows and triggers use `TIMER_PROPERTY_EXPIRED`. */
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
 * The run that reported the change. In a legacy changelog, `context.runId` is the run that *caused* the change. Several
 * changes can share it, and we must not close it. In any other body, an agent inserted the id of our own run.
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

/** Whether the id is that of a workflow run, whose nodes can report different changes. */
function isShared(runId: string): boolean {
  return runId.startsWith('wfr_');
}

function readSource({body, event}: Message, isAutomation: boolean, runId: string | undefined): ChangeSource {
  if (body[DRILL_MARK] === true) return 'drill';
  if (runId?.startsWith('wfnr_') || runId?.startsWith('wfr_')) return 'workflow';
  // Audit entries and older timer events have an id.
  const isAudit = typeof event['identifier'] === 'string' && event['identifier'].startsWith('event_');
  return isAutomation && !isAudit ? 'automation' : 'changelog';
}

/** @param usual the title and the teams of the change. A side contains them only if they differ */
function readSnapshot(snapshot: PortSide, where: string, usual: Pick<Change, 'title' | 'team'>): Snapshot | null {
  if (snapshot === null || snapshot === undefined) return null;
  const {title, team, properties, relations} = snapshot;
  const hasOwnTeam = team !== undefined && !isSameJson(readTeam(team), usual.team);
  const own = {
    ...(title === undefined || title === usual.title ? {} : {title}),
    ...(hasOwnTeam ? {team: readTeam(team)} : {}),
  };
  return requireShallow({...own, properties: properties ?? {}, relations: relations ?? {}}, where);
}

/** @param diff as Port sent it, because an absent side and a null side have different causes */
function requireSides(
  change: Pick<Change, 'action' | 'before' | 'after'>,
  diff: PortEvent['diff'],
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

/** Only the whole template context contains the email address, under the outer trigger. */
function readActor(by: PortActor, {whole}: Message): Actor {
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
