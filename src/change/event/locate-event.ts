/** Parse: the place of the event in a message of Port, and its subject if that is not an entity. */
import {PayloadError} from '../../base/errors.ts';
import {isObject, type JsonObject} from '../../base/json.ts';
import {parseKeepingNumbers} from './inexact-numbers.ts';

/** A message, and where in it the event is. */
export interface Message {
  readonly body: JsonObject;
  /** The template context, which holds the event under `event`, and the run. The body if there is no template context. */
  readonly whole: JsonObject;
  readonly event: JsonObject;
  /** Of the event, with a dot at its end. "" if the body is the event. */
  readonly path: string;
}

/** The keys under which authors put the whole context (`"{{ . }}"`) or the event. The GITHUB backend does the latter. */
const HOLDERS = ['port', 'port_payload'];

/**
 * Shapes are recognised by what is present, never by what is absent: agents add keys to any body.
 * @throws {PayloadError} if something else stands in the event's place
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

/** Old run messages came with one more wrapper, `{"payload": {…}}`. */
function unwrap(outer: JsonObject): {body: JsonObject; path: string} {
  const inner = outer['payload'];
  const isWrapped = Object.keys(outer).length === 1 && isObject(inner) && 'resourceType' in inner;
  return isWrapped ? {body: inner, path: 'payload.'} : {body: outer, path: ''};
}

function holdsEvent(value: unknown): boolean {
  const whole = objectIn(value);
  return 'event' in whole || 'diff' in whole;
}

/** The object, also if it is JSON in a text, as the inputs of a workflow are. `{}` for anything else. */
export function objectIn(value: unknown): JsonObject {
  if (typeof value !== 'string') return isObject(value) ? value : {};
  try {
    const parsed = parseKeepingNumbers(value).value;
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** Of the template context's `inputs` and `event`, one is null: the former for automations, the latter for forms. */
function isSelfService(whole: JsonObject): boolean {
  return isObject(whole['inputs']) && !isObject(whole['event']);
}

/** `resourceType` is an open set. These are known not to be entities (reference: Port's audit log resources). */
const OTHER_RESOURCES = ['run', 'blueprint', 'integration', 'action', 'webhook', 'scorecard', 'page', 'user', 'team'];

/** What Port reports if it is not a change of an entity. Undefined if it looks like one. */
export function whatElse({body, whole, event}: Message, context: JsonObject | undefined): string | undefined {
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

/** Port's templates turn a mistyped path into null, silently: the likeliest cause, so it is named. */
export function nullHint(value: unknown): string {
  if (value === undefined) return ', but is missing';
  return value === null
    ? ", but is null: a template path that finds nothing becomes null. Check the automation's body."
    : '';
}
