/** Parse: the event that a person typed → changes. Pure. */
import {PayloadError} from '../base/errors.ts';
import {showValue} from '../base/text/show.ts';
import {type Change, contentId, propertyOf, type Snapshot} from '../change/change.ts';
import {changedProperties} from '../change/transition.ts';
import {type ExplainedEvent, readSubject} from '../cli/explain/subject.ts';
import {automationEvent} from '../cli/shared/input/automation-event.ts';
import {parseScalar} from '../cli/shared/input/scalar.ts';
import type {Scalar} from '../rules/rules.ts';
import {parseInstant} from '../rules/values/instant.ts';
import type {EventFields} from './state.ts';

const POINTER = 'Choose "Fields" to see a valid event.';

/** @param nowMs the time of an event without a time @throws {PayloadError} with the mistake and its place */
export function readTypedEvent(event: EventFields, nowMs: number): ExplainedEvent {
  const receivedAt = new Date(nowMs).toISOString();
  const text = event.mode === 'json' ? event.json : eventText(event, nowMs);
  const subject = readSubject(text, {name: 'The event', receivedAt, pointer: POINTER});
  for (const {change} of subject.changes) checkTime(change);
  return subject;
}

/** Checks the time, because a payload can contain any text as its time, and the incident memory computes with it. */
function checkTime({at}: Change): void {
  if (Number.isNaN(Date.parse(at)))
    throw new PayloadError('at', `must be a time, for example 2026-11-20T12:28:18Z, but is ${showValue(at, 60)}`);
}

/** The fields as the JSON that Port would post. @throws {PayloadError} if the time is not valid, or a name is missing */
export function eventText(event: EventFields, nowMs: number): string {
  const {blueprint, entity, property, from, to, at} = event;
  for (const [name, text] of Object.entries({blueprint, entity, property})) {
    if (text.trim() === '') throw new PayloadError('', `The field ${name} is empty.`);
  }
  if (at !== '' && parseInstant(at) === undefined)
    throw new PayloadError(
      '',
      'The time must include a time zone, for example 2026-11-20T12:28:18Z. To use the current time, leave the field empty.',
    );
  const time = at === '' ? new Date(nowMs).toISOString() : at;
  const values = {from: parseScalar(from), to: parseScalar(to)};
  const posted = automationEvent({blueprint, entity, property, ...values, title: entity, at: time});
  const trigger = {by: {email: 'you@example.com'}, origin: 'UI', at: time};
  return JSON.stringify({...posted, trigger}, null, 2);
}

/** The most likely property of the next change. */
export function propertyIn(changes: readonly Change[]): string | undefined {
  const last = changes.at(-1);
  return last === undefined ? undefined : (changedProperties(last)[0] ?? Object.keys(sideOf(last).properties)[0]);
}

/** The next change of the entity. */
export function nextChange(
  last: Change,
  {property, value}: {readonly property: string; readonly value: Scalar},
  atMs: number,
): Change {
  const {runId: _, timer: __, id: ___, truncated: ____, ...kept} = last;
  const before = sideOf(last);
  const others = Object.entries(before.properties).filter(([name]) => name !== property);
  const after = {...before, properties: Object.fromEntries([...others, [property, value]])};
  const change = {...kept, action: 'UPDATE' as const, at: new Date(atMs).toISOString(), before, after};
  return {id: contentId(change), ...change};
}

/** The value that the entity has after the change. */
export function valueAfter(change: Change, property: string): unknown {
  return propertyOf(sideOf(change).properties, property);
}

function sideOf({after, before}: Change): Snapshot {
  return after ?? before ?? {properties: {}, relations: {}};
}
