/** Parse: the `client_payload` of a dispatch, plain or packed → its changes. */
import * as z from 'zod/mini';
import {PayloadError} from '../../base/errors.ts';
import {isObject, type JsonObject, wellFormed} from '../../base/json.ts';
import {notEmpty} from '../../base/not-empty.ts';
import {CHANGE_ACTIONS, CHANGE_SOURCES, type Change, type Values} from '../change.ts';
import {requireShallow} from '../event/require-shallow.ts';
import {unpack} from './unpack.ts';

/** `version` 1. */
export interface ClientPayload {
  readonly version: 1;
  readonly title: string;
  /** A number. A name if the changes are dispatched again to bypass a stuck concurrency group. */
  readonly partition: number | string;
  /** The number of partitions. Absent in payloads before version 1.1. */
  readonly partitions?: number;
  /** When the relay received the first of the changes: ISO 8601. */
  readonly receivedAt?: string;
  readonly changes: readonly Change[];
}

const Values_ = z.custom<Values>(isObject, 'must be an object');
const Text = z.string('must be a string');
const Name = Text.check(notEmpty('must not be empty'));
/** Incident durations are measured from this time. */
const Time = Text.check(z.refine(text => !Number.isNaN(Date.parse(text)), 'must be an ISO 8601 time'));
const Texts = z.array(Text, 'must be a list of strings');
const Snapshot_ = z.object(
  {
    title: z.exactOptional(z.nullable(Text)),
    team: z.exactOptional(Texts),
    properties: Values_,
    relations: Values_,
  },
  'must be an object',
);

const Actor_ = z.object(
  {
    userId: z.exactOptional(Text),
    email: z.exactOptional(Text),
    byPort: z.exactOptional(z.boolean('must be true or false')),
  },
  'must be an object',
);

const Change_ = z.object(
  {
    id: Text,
    runId: z.exactOptional(Text),
    source: z.enum(CHANGE_SOURCES, `must be one of ${CHANGE_SOURCES.join(', ')}`),
    action: z.enum(CHANGE_ACTIONS, `must be one of ${CHANGE_ACTIONS.join(', ')}`),
    blueprint: Name,
    entity: Name,
    title: Text,
    team: Texts,
    at: Time,
    by: Actor_,
    origin: Text,
    before: z.nullable(Snapshot_),
    after: z.nullable(Snapshot_),
    timer: z.exactOptional(Text),
    truncated: z.exactOptional(Texts),
  },
  'must be an object',
);

const Envelope_ = z.object(
  {
    version: z.literal(1, 'is not a version that this action supports. Use the same release of relay and action.'),
    title: Text,
    partition: z.union([z.number(), z.string()], 'must be a number or a string'),
    partitions: z.exactOptional(z.number('must be a number')),
    receivedAt: z.exactOptional(Text),
  },
  'must be an object',
);

const Changes_ = z.array(z.unknown(), 'must be a list').check(notEmpty('must contain a change'));

/** Whether a value has the form of our client payload, as opposed to a message from Port. */
export function isClientPayload(value: unknown): boolean {
  return isObject(value) && 'version' in value && ('changes' in value || 'packed' in value);
}

/**
 * The changes of a client payload, plain or packed, exactly as encoded. Lone surrogates are replaced.
 * @throws {PayloadError} with the path of the invalid value
 */
export function decodeClientPayload(value: unknown): ClientPayload {
  const {unreadable, ...payload} = decodeReadable(value);
  if (unreadable[0] !== undefined) throw unreadable[0];
  return payload;
}

/**
 * Like {@link decodeClientPayload}, but an unreadable change does not prevent reading the others.
 * @returns an error with the path for each unreadable change
 * @throws {PayloadError} if the payload as a whole is invalid
 */
export function decodeReadable(value: unknown): ClientPayload & {readonly unreadable: readonly PayloadError[]} {
  const envelope = check(Envelope_, value, PATH);
  const {list, path} = listIn(value as JsonObject);
  const changes: Change[] = [];
  const unreadable: PayloadError[] = [];
  for (const [index, item] of check(Changes_, list, path).entries()) {
    try {
      changes.push(wellFormed(decodeChange(item, `${path}.${index}`)));
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      unreadable.push(error);
    }
  }
  return {...envelope, changes, unreadable};
}

const PATH = 'client_payload';

/** The unchecked list of changes and its path. */
function listIn(payload: JsonObject): {list: unknown; path: string} {
  if (!('packed' in payload)) return {list: payload['changes'], path: `${PATH}.changes`};
  if ('changes' in payload) {
    throw new PayloadError(PATH, 'contains both changes and packed. Remove one of them.');
  }
  return {list: unpack(payload['packed'], payload['count'], PATH), path: `${PATH}.packed`};
}

/**
 * Decodes a single change, as stored in decision records.
 * @param path the path of the change, for messages
 * @throws {PayloadError} with the path of the invalid value
 */
export function decodeChange(value: unknown, path: string): Change {
  const change = check(Change_, value, path);
  requireShallowSides(change, path);
  return change;
}

function check<T>(schema: z.ZodMiniType<T>, value: unknown, path: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const at = [...(path === '' ? [] : [path]), ...(issue?.path ?? [])];
  throw new PayloadError(at.map(String).join('.'), issue?.message ?? 'is invalid');
}

function requireShallowSides(change: Change, path: string): void {
  for (const side of ['before', 'after'] as const) {
    if (change[side] !== null) requireShallow(change[side], `${path}.${side}`);
  }
}
