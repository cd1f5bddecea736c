/** Parse: one line of a recording → the changes in it, oldest first. Pure. */
import {messageOf, PayloadError} from '../../base/errors.ts';
import {isObject, type JsonObject} from '../../base/json.ts';
import {oneLine} from '../../base/text.ts';
import {type Change, contentId} from '../change.ts';
import {decodeChange, isClientPayload} from '../payload/client-payload.ts';
import {unwrapEvent} from './incoming.ts';
import {parseKeepingNumbers, restoreNumbers} from './inexact-numbers.ts';
import {type IdOf, parseChange} from './parse-change.ts';
import {readEvent} from './read-event.ts';

export interface RecordedLine {
  readonly changes: readonly Change[];
  /** Events that are not changes of an entity. */
  readonly others: number;
}

/**
 * A change, an event in any form that the action takes (a webhook of Port's, a client payload, a run's event), an entry of
 * the audit log, a line of a decision record, or a list or an answer of Port's with several of these.
 * @param idOf the id of a change that came without a run
 * @throws {PayloadError} naming what is wrong
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

/** No time of any event, so a change that has it names none. */
const UNDATED = 'undated';

/** A single wrong year would have the clock of a backtest run for millennia. */
const EARLIEST_MS = Date.UTC(2000, 0);
const LATEST_MS = Date.UTC(2100, 0);

function checkTime({at}: Change): void {
  if (at === UNDATED) throw new PayloadError('', 'has no time, so it is not known when it happened');
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
