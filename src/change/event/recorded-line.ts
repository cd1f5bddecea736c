/** Parse: one line of a recording → the changes in it, oldest first. Pure. */
import {messageOf, PayloadError} from '../../base/errors.ts';
import {isObject, type JsonObject} from '../../base/json.ts';
import {oneLine} from '../../base/text/show.ts';
import {type Change, contentId} from '../change.ts';
import {decodeChange, isClientPayload} from '../payload/client-payload.ts';
import {unwrapEvent} from './incoming.ts';
import {parseKeepingNumbers, restoreNumbers} from './inexact-numbers.ts';
import {type IdOf, parseChange} from './parse-change.ts';
import {readEvent} from './read-event.ts';

export interface RecordedLine {
  readonly changes: readonly Change[];
  /** The number of events that are not changes of an entity. */
  readonly others: number;
}

/**
 * Reads a change, an event in any format that the action accepts (a Port webhook, a client payload, the event of a run), an
 * audit log entry, a line of a decision record, or a list or API response with several of these.
 * @param idOf computes the id of a change without a run
 * @throws {PayloadError} that describes the mistake
 */
export function readRecordedLine(text: string, idOf: IdOf = contentId): RecordedLine {
  const {value, isInexact} = parse(text);
  const read = itemsIn(value).map(item => readItem(item, isInexact, idOf));
  return {changes: read.flatMap(({changes}) => changes), others: read.reduce((sum, {others}) => sum + others, 0)};
}

function parse(text: string): ReturnType<typeof parseKeepingNumbers> {
  try {
    return parseKeepingNumbers(text);
  } catch (error) {
    throw new PayloadError('', `is not JSON: ${oneLine(messageOf(error))}`);
  }
}

const LISTS = ['audits', 'auditLogs'] as const;

function itemsIn(json: unknown): readonly unknown[] {
  if (Array.isArray(json)) return json;
  const key = isObject(json) ? LISTS.find(name => Array.isArray(json[name])) : undefined;
  return key === undefined || !isObject(json) ? [json] : (json[key] as unknown[]);
}

function readItem(item: unknown, isInexact: boolean, idOf: IdOf): RecordedLine {
  const one = (value: unknown, path: string) => {
    const change = decodeChange(value, path);
    return oneChange(isInexact ? restoreNumbers(change) : change);
  };
  if (isObject(item) && isDecisionRecord(item)) return one(item['change'], 'change');
  if (isObject(item) && isBareChange(item)) return one(item, '');
  const event = unwrapEvent(item);
  if (isClientPayload(event)) {
    const {changes} = readEvent(event, UNDATED);
    for (const change of changes) checkTime(change);
    return {changes, others: 0};
  }
  const parsed = parseChange(event, UNDATED, idOf);
  if (parsed.kind === 'not-a-change') return {changes: [], others: 1};
  return oneChange(isInexact ? restoreNumbers(parsed.change) : parsed.change);
}

function oneChange(change: Change): RecordedLine {
  checkTime(change);
  return {changes: [change], others: 0};
}

/** A placeholder time. A change that has it was read from an event without a time. */
const UNDATED = 'undated';

/** A single incorrect year would make the clock of a backtest run for millennia. */
const EARLIEST_MS = Date.UTC(2000, 0);
const LATEST_MS = Date.UTC(2100, 0);

function checkTime({at}: Change): void {
  if (at === UNDATED) throw new PayloadError('', 'has no time, so its order is unknown. Add the time of the event');
  const atMs = Date.parse(at);
  if (atMs < EARLIEST_MS || atMs > LATEST_MS)
    throw new PayloadError('at', `is not a time of this century: ${oneLine(at).slice(0, 60)}`);
}

function isDecisionRecord(item: JsonObject): boolean {
  return isObject(item['change']) && 'rules' in item;
}

function isBareChange(item: JsonObject): boolean {
  return (
    typeof item['blueprint'] === 'string' && typeof item['entity'] === 'string' && 'before' in item && 'after' in item
  );
}
