/** The `client_payload` of a dispatch: changes as the relay hands them to the action (design §5), within GitHub's limits. */
import * as z from 'zod/mini';
import {PayloadError} from '../errors.ts';
import {notEmpty} from '../not-empty.ts';
import {clip, oneLine} from '../text.ts';
import {CHANGE_ACTIONS, CHANGE_SOURCES, type Change, type Values} from './change.ts';
import {fitChange} from './fit-change.ts';
import {isObject} from './json.ts';
import {requireShallow} from './require-shallow.ts';

/**
 * 48 KiB of UTF-8. GitHub refuses 64 KB, but its sources disagree on characters or bytes, and it may escape the text
 * before it measures; the margin covers both. https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event
 */
export const MAX_PAYLOAD_BYTES = 48 * 1024;

/** `version` 1. GitHub allows ten top-level properties; these are four. */
export interface ClientPayload {
  readonly version: 1;
  readonly title: string;
  readonly partition: number;
  readonly changes: readonly Change[];
}

const Values_ = z.custom<Values>(isObject, 'must be an object');
const Text = z.string('must be a text');
const Name = Text.check(notEmpty('must not be empty'));
const Texts = z.array(Text, 'must be a list of texts');
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
    at: Text,
    by: Actor_,
    origin: Text,
    before: z.nullable(Snapshot_),
    after: z.nullable(Snapshot_),
    timer: z.exactOptional(Text),
    truncated: z.exactOptional(Texts),
  },
  'must be an object',
);

const ClientPayload_ = z.object(
  {
    version: z.literal(1, 'is not a version that this action knows; use the same release of relay and action'),
    title: Text,
    partition: z.number('must be a number'),
    changes: z.array(Change_, 'must be a list').check(notEmpty('must hold a change')),
  },
  'must be an object',
);

/** Whether a value claims to be a client payload of ours, rather than a message of Port's. */
export function isClientPayload(value: unknown): boolean {
  return isObject(value) && 'version' in value && 'changes' in value;
}

/**
 * The changes of a client payload, exactly as they were encoded.
 * @throws {PayloadError} naming the path that is wrong
 */
export function decodeClientPayload(value: unknown): ClientPayload {
  const payload = check(ClientPayload_, value, 'client_payload');
  for (const [index, change] of payload.changes.entries()) {
    requireShallowSides(change, `client_payload.changes.${index}`);
  }
  return payload;
}

/**
 * A change by itself, as decision records hold it.
 * @param path its own, for the message
 * @throws {PayloadError} naming the path that is wrong
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
  throw new PayloadError([path, ...(issue?.path ?? [])].map(String).join('.'), issue?.message ?? 'is wrong');
}

function requireShallowSides(change: Change, path: string): void {
  for (const side of ['before', 'after'] as const) {
    if (change[side] !== null) requireShallow(change[side], `${path}.${side}`);
  }
}

/** A change as it is to be sent. */
export interface EncodedChange {
  readonly json: string;
  /** Of the JSON in UTF-8. */
  readonly bytes: number;
}

/** A title of 100 UTF-16 units in JSON, with quotes; the rest of the envelope, with a partition of four digits. */
const MAX_ENVELOPE_BYTES = 302 + 64;

/** What the changes of one payload may take in all, with a comma after each. */
export const MAX_CHANGES_BYTES = MAX_PAYLOAD_BYTES - MAX_ENVELOPE_BYTES;

/**
 * A change's part of a payload, of at most `maxBytes` with its comma. One that is too large is cut where no rule looks: first
 * the largest values that are not watched, then all of those, at last watched values; `truncated` names what went.
 * @param watched the names of properties that rules look at; links (http and https addresses) are kept with them
 * @throws {PayloadError} where the change is too large even without its properties; none of parseChange's is
 */
export function encodeChange(
  change: Change,
  watched: () => ReadonlySet<string>,
  maxBytes = MAX_CHANGES_BYTES,
): EncodedChange {
  const room = maxBytes - 1;
  const json = JSON.stringify(change);
  const bytes = Buffer.byteLength(json);
  if (bytes <= room) return {json, bytes};
  const cut = JSON.stringify(fitChange(change, watched(), room));
  return {json: cut, bytes: Buffer.byteLength(cut)};
}

/** One dispatch's payload as JSON, of at most {@link MAX_PAYLOAD_BYTES} where its changes keep to {@link MAX_CHANGES_BYTES}. */
export function encodeClientPayload(changes: readonly EncodedChange[], partition: number, title: string): string {
  const envelope = JSON.stringify({version: 1, title: payloadTitle(title), partition});
  return `${envelope.slice(0, -1)},"changes":[${changes.map(({json}) => json).join(',')}]}`;
}

/** A run's name shows it: one line of at most 100 characters. */
function payloadTitle(title: string): string {
  return clip(oneLine(title), 100);
}
