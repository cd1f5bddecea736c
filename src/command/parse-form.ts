/** Parse: the body of an issue that the form made → what its author asks for, or every mistake in it. Pure. */

import {clip, oneLine} from '../base/text.ts';
import {COMMANDS, type CommandName, FORM_FIELDS} from '../memory/incident-form.ts';
import {parseDuration} from '../rules/values/duration.ts';
import {parseInstant} from '../rules/values/instant.ts';

export interface Asked {
  /** The incident's id. */
  readonly incident: string;
  readonly do: CommandName;
  /** Seconds since the epoch. Absent only if the command needs none. */
  readonly until?: number;
}

export interface FormTimes {
  /** A duration counts from here, so that a re-run means the same end. Milliseconds. */
  readonly createdAtMs: number;
  /** An end must be later. Milliseconds. */
  readonly nowMs: number;
}

/** The mistakes are sentences that may hold text of the issue. */
export type ParsedForm = {readonly asked: Asked} | {readonly mistakes: readonly string[]};

type Field = keyof typeof FORM_FIELDS;

export function parseForm(body: string, times: FormTimes): ParsedForm {
  const fields = readFields(body);
  if (fields.size === 0) {
    return {
      mistakes: ['The issue is not the filled-in form: it has none of its headings. Use the form, and edit nothing.'],
    };
  }
  const mistakes: string[] = [];
  const incident = readIncident(fields.get('incident'), mistakes);
  const name = readCommand(fields.get('do'), mistakes);
  const until = name === 'resume' ? undefined : readUntil(fields.get('until'), times, mistakes);
  if (incident === undefined || name === undefined || mistakes.length > 0) return {mistakes};
  return {asked: {incident, do: name, ...(until === undefined ? {} : {until})}};
}

/** What GitHub writes for a field that was left empty. */
const NO_RESPONSE = '_No response_';

/** Each field is a heading with its value below. If a heading appears twice, the first one counts. */
function readFields(body: string): Map<Field, string> {
  const fields = new Map<Field, string>();
  for (const section of body.split(/^### /m).slice(1)) {
    const [heading = '', ...lines] = section.split(/\r?\n/);
    const field = (Object.keys(FORM_FIELDS) as Field[]).find(one => FORM_FIELDS[one] === heading.trim());
    const value = lines.join('\n').trim();
    if (field !== undefined && !fields.has(field)) fields.set(field, value === NO_RESPONSE ? '' : value);
  }
  return fields;
}

/** As `incidentId` makes them. */
const INCIDENT = /^[0-9A-HJKMNP-TV-Z]{6}$/;

function readIncident(text: string | undefined, mistakes: string[]): string | undefined {
  const id = (text ?? '').toUpperCase();
  if (INCIDENT.test(id)) return id;
  mistakes.push(`Incident: must be the six characters of the message, as K7Q2M9, but is ${quoted(text)}.`);
  return undefined;
}

function readCommand(text: string | undefined, mistakes: string[]): CommandName | undefined {
  const name = COMMANDS.find(one => one === text?.toLowerCase());
  if (name === undefined) mistakes.push(`Do: must be ${COMMANDS.join(', ')}, but is ${quoted(text)}.`);
  return name;
}

const FORMS = 'a duration, as 30m, 4h or 2d, or a time with its zone, as 2026-12-01T18:00Z';

function readUntil(text: string | undefined, {createdAtMs, nowMs}: FormTimes, mistakes: string[]): number | undefined {
  if (text === undefined || text === '') {
    mistakes.push(`Until: is missing. Write when it ends: ${FORMS}.`);
    return undefined;
  }
  const ms = endOf(text, createdAtMs);
  if (ms === undefined) mistakes.push(`Until: must be ${FORMS}, but is ${quoted(text)}.`);
  else if (ms <= nowMs) mistakes.push(`Until: ${quoted(text)} is in the past. It is ${showTime(nowMs / 1000)} now.`);
  return ms === undefined ? undefined : Math.floor(ms / 1000);
}

const DAY_MS = 86_400_000;

/** Milliseconds. */
function endOf(text: string, fromMs: number): number | undefined {
  const [, days] = /^([1-9]\d{0,3})d$/i.exec(text) ?? [];
  const duration = days === undefined ? parseDuration(text.toLowerCase()) : Number(days) * DAY_MS;
  return duration === undefined ? parseInstant(text) : fromMs + duration;
}

function quoted(text: string | undefined): string {
  return text === undefined || text === '' ? 'empty' : `"${clip(oneLine(text), 60)}"`;
}

/** `2026-12-01 18:00 UTC`. @param seconds since the epoch */
export function showTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
