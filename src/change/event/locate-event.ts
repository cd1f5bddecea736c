/** Parse: the position of the event in a message from Port, and its subject if it is not an entity. */
import {PayloadError} from '../../base/errors.ts';
import {isObject, type JsonObject} from '../../base/json.ts';
import {parseKeepingNumbers} from './inexact-numbers.ts';

/** A message and the position of the event in it. */
export interface Message {
  readonly body: JsonObject;
  /** The template context, which contains the event under `event`, and the run. The body if there is no template context. */
  readonly whole: JsonObject;
  readonly event: JsonObject;
  /** The path of the event, with a trailing dot. "" if the body is the event. */
  readonly path: string;
}

/** The keys under which authors put the whole context (`"{{ . }}"`) or the event. The GITHUB backend sends the event. */
const HOLDERS = ['port', 'port_payload'];

/**
 * Recognizes formats by keys that are present, never by absent ones, because agents add keys to any body.
 * @throws {PayloadError} if the event is not an object
 */
export function locateEvent(outer: JsonObject): Message {
  const {body, path: wrapper} = unwrap(outer);
  const holder = 'event' in body ? undefined : HOLDERS.find(key => holdsEvent(body[key]));
  const whole = holder === undefined ? body : objectIn(body[holder]);
  const path = holder === undefined ? wrapper : `${wrapper}${holder}.`;
  if (!('event' in whole) || isSelfService(whole)) return {body, whole, event: whole, path};
  const event = whole['event'];
  if (!isObject(event)) throw new PayloadError(`${path}event`, `must be an object${nullHint(event)}`);
  return {body, whole, event, path: `${path}event.`};
}

/** Older run messages have an additional wrapper, `{"payload": {…}}`. */
function unwrap(outer: JsonObject): {body: JsonObject; path: string} {
  const inner = outer['payload'];
  const isWrapped = Object.keys(outer).length === 1 && isObject(inner) && 'resourceType' in inner;
  return isWrapped ? {body: inner, path: 'payload.'} : {body: outer, path: ''};
}

function holdsEvent(value: unknown): boolean {
  const whole = objectIn(value);
  return 'event' in whole || 'diff' in whole;
}

/** The object, which can be encoded as a JSON string, like the inputs of a workflow. `{}` for any other value. */
export function objectIn(value: unknown): JsonObject {
  if (typeof value !== 'string') return isObject(value) ? value : {};
  try {
    const parsed = parseKeepingNumbers(value).value;
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** One of `inputs` and `event` in the template context is null: `inputs` for automations, `event` for self-service forms. */
function isSelfService(whole: JsonObject): boolean {
  return isObject(whole['inputs']) && !isObject(whole['event']);
}

/** `resourceType` is an open set. These values are known not to be entities (reference: Port's audit log resources). */
const OTHER_RESOURCES = ['run', 'blueprint', 'integration', 'action', 'webhook', 'scorecard', 'page', 'user', 'team'];

/** A description of the event if it is not a change of an entity. Undefined if it appears to be one. */
export function describeOtherEvent({body, whole, event}: Message, context: JsonObject | undefined): string | undefined {
  const resource = event['resourceType'];
  if (typeof resource === 'string' && OTHER_RESOURCES.includes(resource)) {
    return `an event about ${/^[ai]/.test(resource) ? 'an' : 'a'} ${resource}`;
  }
  const isEntityEvent = context !== undefined && ('entity' in context || 'entityIdentifier' in context);
  if (isEntityEvent) return undefined;
  if (isObject(event['payload']) && 'action' in event['payload']) return "a run's message";
  if (context !== undefined && ('actionIdentifier' in context || 'action' in context)) return 'an event about a run';
  if ('diff' in event) return undefined;
  if (context !== undefined && typeof event['action'] === 'string' && hasBlueprint(context)) {
    return 'an event about a blueprint';
  }
  const looksSelfService = 'port_context' in body || 'port_payload' in body || isSelfService(whole);
  return looksSelfService ? "a self-service action's payload" : undefined;
}

function hasBlueprint(context: JsonObject): boolean {
  return 'blueprint' in context || 'blueprintIdentifier' in context;
}

/** Port's templates silently turn a mistyped path into null. That is the most likely cause, so the message names it. */
export function nullHint(value: unknown): string {
  if (value === undefined) return ', but is missing';
  return value === null
    ? ', but is null: Port replaces an invalid template path with null. Check the body of the automation.'
    : '';
}
