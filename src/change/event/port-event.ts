/**
 * Parse: the parts of an event that make up a change, with their types checked. Other keys are ignored. Written without zod,
 * because validation with zod would take most of the time that the relay spends on an ignored change. Pure.
 */
import {PayloadError} from '../../base/errors.ts';
import {isObject, type JsonObject} from '../../base/json.ts';
import {nullHint} from './locate-event.ts';

type Nullish<T> = T | null | undefined;

export interface PortEvent {
  readonly trigger: Nullish<{
    readonly by: PortActor;
    readonly origin: Nullish<string>;
    /** ISO 8601 */
    readonly at: Nullish<string>;
  }>;
  readonly diff: Nullish<{readonly before: PortSide; readonly after: PortSide}>;
  /** The timer that expired, in the older event format. */
  readonly timerProperty: Nullish<string>;
}

export type PortActor = Nullish<{
  readonly userId: Nullish<string>;
  readonly email: Nullish<string>;
  readonly byPort: boolean;
}>;

export type PortSide = Nullish<{
  readonly title: Nullish<string>;
  readonly team: Nullish<string | string[]>;
  readonly properties: Nullish<JsonObject>;
  readonly relations: Nullish<JsonObject>;
}>;

/**
 * @param path of the event, with a trailing dot, or ""
 * @throws {PayloadError} for the first part with an incorrect type
 */
export function readParts(event: JsonObject, path: string): PortEvent {
  const trigger = readObject(event, 'trigger', path);
  const diff = readObject(event, 'diff', path);
  const diffPath = `${path}diff.`;
  return {
    trigger: trigger && readTrigger(trigger, `${path}trigger.`),
    diff: diff && {before: readSide(diff, 'before', diffPath), after: readSide(diff, 'after', diffPath)},
    timerProperty: readText(readObject(event, 'additionalData', path) ?? {}, 'property', `${path}additionalData.`),
  };
}

function readTrigger(trigger: JsonObject, path: string): NonNullable<PortEvent['trigger']> {
  const by = readObject(trigger, 'by', path);
  return {
    by: by && readActor(by, `${path}by.`),
    origin: readText(trigger, 'origin', path),
    at: readTime(trigger, 'at', path),
  };
}

function readActor(by: JsonObject, path: string): NonNullable<PortActor> {
  return {
    userId: readText(by, 'userId', path),
    byPort: [readFlag(by, 'byPort', path), readFlag(by, 'port', path)].includes(true),
    email: readText(readObject(by, 'user', path) ?? {}, 'email', `${path}user.`),
  };
}

function readSide(diff: JsonObject, name: string, path: string): PortSide {
  const side = readObject(diff, name, path);
  const sidePath = `${path}${name}.`;
  return (
    side && {
      title: readText(side, 'title', sidePath),
      team: readTeam(side, 'team', sidePath),
      properties: readObject(side, 'properties', sidePath),
      relations: readObject(side, 'relations', sidePath),
    }
  );
}

/** Reads a member that can be absent or null. @throws {PayloadError} if the value does not satisfy `holds` */
function reader<T>(holds: (value: unknown) => value is T, message: string) {
  return (object: JsonObject, name: string, path: string): Nullish<T> => {
    const value = object[name];
    if (value === undefined || value === null || holds(value)) return value;
    throw new PayloadError(`${path}${name}`, message);
  };
}

const isText = (value: unknown) => typeof value === 'string';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isTeam = (value: unknown): value is string | string[] =>
  typeof value === 'string' || (Array.isArray(value) && value.every(isText));

const readObject = reader(isObject, 'must be an object');
const readText = reader(isText, 'must be a string');
const readFlag = reader(isFlag, 'must be true or false');
const readTeam = reader(isTeam, 'must be a string or an array of strings');

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/i;

function readTime(object: JsonObject, name: string, path: string): Nullish<string> {
  const text = readText(object, name, path);
  if (typeof text !== 'string' || (TIME.test(text) && !Number.isNaN(Date.parse(text)))) return text;
  throw new PayloadError(`${path}${name}`, 'must be an ISO 8601 time');
}

/** Port's limits are 100 and 1,000 (apispec.yaml). It is better to handle an event that exceeds them than to reject it. */
export const readBlueprint = identifierReader(1_000);
export const readEntity = identifierReader(2_000);

/** @param max characters */
function identifierReader(max: number) {
  return (value: unknown, path: string): string => {
    if (typeof value !== 'string') throw new PayloadError(path, `must be a string${nullHint(value)}`);
    if (value === '') throw new PayloadError(path, 'must not be empty');
    if (value.length > max) throw new PayloadError(path, `must have at most ${max} characters`);
    // A lone surrogate is not valid text: it can't be written into a URL or a file.
    if (!value.isWellFormed()) throw new PayloadError(path, 'must be well-formed Unicode');
    return value;
  };
}
