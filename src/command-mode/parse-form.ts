/** Parse: the body of an issue that was made with the form → the command, or every mistake in it. Pure. */

import {clip, oneLine} from '../base/text/show.ts';
import {COMMANDS, type CommandName, FORM_FIELDS} from '../memory/incident-form.ts';
import {parseDuration} from '../rules/values/duration.ts';
import {parseInstant} from '../rules/values/instant.ts';

export interface FormCommand {
  /** The incident's id. */
  readonly incident: string;
  readonly do: CommandName;
  /** Seconds since the epoch. Absent only if the command needs none. */
  readonly until?: number;
}

export interface FormTimes {
  /** A duration starts here, so that a re-run computes the same end. Milliseconds. */
  readonly createdAtMs: number;
  /** The end must be later than this. Milliseconds. */
  readonly nowMs: number;
}

/** The mistakes are sentences that may contain text of the issue. */
export type ParsedForm = {readonly command: FormCommand} | {readonly mistakes: readonly string[]};

type Field = keyof typeof FORM_FIELDS;

export function parseForm(body: string, times: FormTimes): ParsedForm {
  const fields = readFields(body);
  if (fields.size === 0) {
    return {
      mistakes: [
        'The issue was not created with the form: its headings are missing. Use the form, and do not edit the headings.',
      ],
    };
  }
  const mistakes: string[] = [];
  const incident = readIncident(fields.get('incident'), mistakes);
  const name = readCommand(fields.get('do'), mistakes);
  const until = name === 'resume' ? undefined : readUntil(fields.get('until'), times, mistakes);
  if (incident === undefined || name === undefined || mistakes.length > 0) return {mistakes};
  return {command: {incident, do: name, ...(until === undefined ? {} : {until})}};
}

/** What GitHub writes for an empty field. */
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

/** The format of `incidentId`. */
const INCIDENT = /^[0-9A-HJKMNP-TV-Z]{6}$/;

function readIncident(text: string | undefined, mistakes: string[]): string | undefined {
  const id = (text ?? '').toUpperCase();
  if (INCIDENT.test(id)) return id;
  mistakes.push(`Incident: must be the six characters in the message, for example K7Q2M9, but is ${quoted(text)}.`);
  return undefined;
}

function readCommand(text: string | undefined, mistakes: string[]): CommandName | undefined {
  const name = COMMANDS.find(one => one === text?.toLowerCase());
  if (name === undefined) mistakes.push(`Do: must be ${COMMANDS.join(', ')}, but is ${quoted(text)}.`);
  return name;
}

const FORMS = 'a duration such as 30m, 4h or 2d, or a time with a time zone, for example 2026-12-01T18:00Z';

function readUntil(text: string | undefined, {createdAtMs, nowMs}: FormTimes, mistakes: string[]): number | undefined {
  if (text === undefined || text === '') {
    mistakes.push(`Until: is missing. Enter ${FORMS}.`);
    return undefined;
  }
  const ms = endOf(text, createdAtMs);
  if (ms === undefined) mistakes.push(`Until: must be ${FORMS}, but is ${quoted(text)}.`);
  else if (ms <= nowMs)
    mistakes.push(`Until: ${quoted(text)} is in the past. The current time is ${showTime(nowMs / 1000)}.`);
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
