/** Parses the input of `explain`: an event in any format, or a decision record. Pure. */

import {z} from 'zod';
import {PayloadError} from '../../base/errors.ts';
import {isObject, parseOrUndefined} from '../../base/json.ts';
import {type Change, contentId} from '../../change/change.ts';
import {incomingOf, parseEvent, unwrapEvent} from '../../change/event/incoming.ts';
import {restoreNumbers} from '../../change/event/inexact-numbers.ts';
import {readEvent} from '../../change/event/read-event.ts';
import {decodeChange} from '../../change/payload/client-payload.ts';

/** A line of a decision record, without the change. */
export interface RecordedDecision {
  readonly rules: readonly {readonly rule: string; readonly matched: boolean; readonly reason: string}[];
  readonly reactions: readonly {
    readonly rule: string;
    readonly kind: string;
    readonly status: string;
    readonly detail: string;
  }[];
  /** The URL of the workflow run. */
  readonly run?: string | undefined;
  /** The steps of the incident memory, with the incidents before and after each step. */
  readonly memory?:
    | readonly {
        readonly key: string;
        readonly shard: number;
        readonly what: string;
        readonly before: unknown;
        readonly after: unknown;
      }[]
    | undefined;
}

interface SubjectChange {
  readonly change: Change;
  /** Set if the event has no time. `at` is then the time at which it was received. */
  readonly isUndated?: true;
  /** The recorded decision. Absent for an event. */
  readonly record?: RecordedDecision;
}

export interface ExplainedEvent {
  readonly isRecord: boolean;
  readonly changes: readonly SubjectChange[];
  /** Remarks about the whole event: why it is not a change, or that it contains duplicates. */
  readonly remarks: readonly string[];
}

interface SubjectSource {
  /** The source of the text, for messages. */
  readonly name: string;
  /** The time of an event without a time. ISO 8601. */
  readonly receivedAt: string;
  /** A sentence that leads to a valid example. */
  readonly pointer?: string;
}

/** @throws {PayloadError} with the mistake and its place */
export function readSubject(text: string, {name, receivedAt, pointer = POINTER}: SubjectSource): ExplainedEvent {
  if (text.trim() === '') throw new PayloadError('', `${name} is empty.\n${pointer}`);
  const whole = parseOrUndefined(text);
  const lines = text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{line, number: index + 1}]));
  const isRecord = isRecordLine(whole === undefined ? parseOrUndefined(lines[0]?.line ?? '') : whole);
  if (isRecord && whole !== undefined) return ofRecord([readRecordLine(parseEvent(text, name), name)]);
  if (isRecord)
    return ofRecord(
      lines.map(({line, number}) => readRecordLine(parseEvent(line, `${name}:${number}`), `${name}:${number}`)),
    );
  try {
    return ofEvent(parseEvent(text, name), receivedAt);
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    const message = error.message.startsWith(name) ? error.message : `${name}: ${error.message}`;
    throw new PayloadError('', `${message}\n${pointer}`);
  }
}

const POINTER = 'For an example of an event, run: port-reactor explain --help';

function ofEvent(event: unknown, receivedAt: string): ExplainedEvent {
  const unwrapped = unwrapEvent(event);
  const {changes, remarks} = readEvent(unwrapped, receivedAt);
  const isUndated = readEvent(unwrapped, NEVER).changes.some(({at}) => at === NEVER);
  return {isRecord: false, changes: changes.map(change => (isUndated ? undated(change) : {change})), remarks};
}

/** A placeholder that is not a valid time. An event that is read with it has no time. */
const NEVER = 'never';

/** Computes the id without the time, so that it is the same in each run of the command. */
function undated(change: Change): SubjectChange {
  const id = change.runId ?? contentId({...change, at: NEVER});
  return {change: {...change, id}, isUndated: true};
}

/** Every change, in the order of the record. */
function ofRecord(changes: readonly SubjectChange[]): ExplainedEvent {
  return {
    isRecord: true,
    changes,
    remarks: incomingOf(changes.map(({change}) => change)).duplicates > 0 ? [DUPLICATES_REMARK] : [],
  };
}

const DUPLICATES_REMARK =
  'Some changes appear more than once, for example in the records of several runs. Each one is explained.';

function isRecordLine(value: unknown): boolean {
  return isObject(value) && 'change' in value && 'rules' in value && !('blueprint' in value);
}

const Recorded = z.object({
  rules: z.array(z.object({rule: z.string(), matched: z.boolean(), reason: z.string()})),
  reactions: z
    .array(z.object({rule: z.string(), kind: z.string(), status: z.string(), detail: z.string()}))
    .default([]),
  run: z.string().optional(),
  memory: z
    .array(z.object({key: z.string(), shard: z.number(), what: z.string(), before: z.unknown(), after: z.unknown()}))
    .optional(),
});

function readRecordLine(value: unknown, where: string): SubjectChange {
  const recorded = Recorded.safeParse(value);
  if (!isObject(value) || !recorded.success) {
    const issue = recorded.error?.issues[0];
    throw new PayloadError(
      `${where}: ${(issue?.path ?? []).join('.')}`,
      `is not valid in a decision record: ${issue?.message}`,
    );
  }
  return {change: restoreNumbers(decodeChange(value['change'], `${where}: change`)), record: recorded.data};
}
