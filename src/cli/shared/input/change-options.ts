/** Options that describe a change, instead of a recorded event. All commands share them. */
import type {Command} from 'commander';
import type {Problem} from '../../../base/errors.ts';
import {EXAMPLE_BLUEPRINT} from '../../init/example.ts';
import {UsageError} from '../usage.ts';
import type {CliWorld} from '../world.ts';
import {automationEvent} from './automation-event.ts';
import {readEventText} from './event-file.ts';
import {parseScalar} from './scalar.ts';

/** The options as typed. */
export interface ChangeOptions {
  readonly entity?: string;
  readonly blueprint?: string;
  readonly property?: string;
  readonly from?: string;
  readonly to?: string;
  readonly title?: string;
}

export const CHANGE_OPTIONS = ['entity', 'blueprint', 'property', 'from', 'to', 'title'] as const;

export function addChangeOptions(command: Command): Command {
  return command
    .option('--entity <identifier>', 'the entity that changes')
    .option('--blueprint <identifier>', `the blueprint of the entity (default: ${EXAMPLE_BLUEPRINT.identifier})`)
    .option('--property <name>', 'the property that changes')
    .option('--from <value>', 'the value before the change, or null if it was not set')
    .option('--to <value>', 'the value after the change, or null if it is not set')
    .option('--title <text>', 'the title of the entity (default: its identifier)');
}

/** For the help of commands that have these options. */
export const VALUES_HELP =
  '--from and --to parse numbers, true, false and null (not set). Everything else is a string. For the string 80, write \'"80"\'.';

export type RequiredOption = 'entity' | 'property' | 'from' | 'to';

const MISSING_FACTS: Record<RequiredOption, string> = {
  entity: 'the identifier of the entity that changes',
  property: 'the name of the property that changes',
  from: 'the value before the change, or null if it was not set',
  to: 'the value after the change, or null if it is not set',
};

/** The minimum for a decision. The entity has a default name, and the default value before the change is null. */
const TO_DECIDE = ['property', 'to'] as const;

/** @param at ISO 8601 @returns the event as JSON. Empty if a problem was added */
export function buildEvent(
  options: ChangeOptions,
  {required, at, runId}: {required: readonly RequiredOption[]; at: string; runId?: string | undefined},
  problems: Problem[],
): string {
  const missing = required.filter(name => options[name] === undefined);
  const each = missing.map(name => `${flagOf(name)} is missing: ${MISSING_FACTS[name]}`);
  const messages = missing.length === required.length ? [noEvent(required)] : each;
  if (missing.length > 0) problems.push(...messages.map(message => ({message})));
  const {blueprint = EXAMPLE_BLUEPRINT.identifier, entity = 'an-entity', property, from = 'null', to} = options;
  if (missing.length > 0 || property === undefined || to === undefined) return '';
  const values = {from: parseScalar(from), to: parseScalar(to)};
  const run = runId === undefined ? {} : {runId};
  return JSON.stringify(
    automationEvent({blueprint, entity, property, ...values, title: options.title ?? entity, at, ...run}),
  );
}

function noEvent(required: readonly RequiredOption[]): string {
  const flags = required
    .map(flagOf)
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');
  return `the event is missing: pass a file, or describe the change with ${flags} (null: not set)`;
}

/** Adds a problem if both a file and options describe the change. @param also more options that describe it */
export function eitherFileOrOptions(options: object, also: readonly string[], problems: Problem[]): void {
  const all = options as Readonly<Record<string, unknown>>;
  const given = [...CHANGE_OPTIONS, ...also].filter(name => all[name] !== undefined);
  if (given.length === 0) return;
  const flags = given.map(flagOf).join(', ');
  problems.push({message: `${flags}: the event file already contains this. Omit the file or the options`});
}

interface EventArguments {
  readonly command: string;
  /** A file, `-` for standard input, or undefined for the options. */
  readonly file: string | undefined;
  readonly options: ChangeOptions & {readonly at?: string};
}

/**
 * Reads the event from the file, or builds it from the options.
 * @throws {UsageError} if neither or both describe the change @throws {ConfigError} if the file can't be read
 */
export async function readEventOrOptions(
  {command, file, options}: EventArguments,
  world: CliWorld,
): Promise<{readonly name: string; readonly text: string}> {
  const problems: Problem[] = [];
  if (file !== undefined) eitherFileOrOptions(options, [], problems);
  const at = options.at ?? new Date(world.now()).toISOString();
  const text = file === undefined ? buildEvent(options, {required: TO_DECIDE, at}, problems) : '';
  if (problems.length > 0) throw new UsageError(command, problems);
  return file === undefined ? {name: 'the options', text} : readEventText(command, file, world);
}

export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
}
