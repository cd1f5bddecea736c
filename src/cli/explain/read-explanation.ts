/** Reads the event, the rules and the memory of the options, and explains the event. Used by `explain` and `preview`. */
import type {ConfigError} from '../../base/errors.ts';
import {readMoment} from '../shared/at-option.ts';
import {destinationsHere, parseDestinations} from '../shared/env/destinations.ts';
import {type ChangeOptions, readEventOrOptions} from '../shared/input/change-options.ts';
import {readMemoryFiles} from '../shared/input/memory-file.ts';
import {readRulesFile} from '../shared/input/rules-file.ts';
import {atHome} from '../shared/input/rules-home.ts';
import type {CliWorld} from '../shared/world.ts';
import {type Explanation, explain} from './explanation.ts';
import {messageLinksOf} from './message-links.ts';
import {readSubject} from './subject.ts';

export interface ExplanationOptions extends ChangeOptions {
  readonly rules: string;
  readonly destinations?: string;
  readonly at?: string;
  readonly memory?: readonly string[];
}

interface ExplanationRequest {
  readonly command: string;
  /** The file of the event. Undefined if the options describe a change. */
  readonly file: string | undefined;
  readonly options: ExplanationOptions;
}

interface ReadExplanation {
  readonly explanation: Explanation;
  /** The mistakes in the rules. The explanation uses the valid rules. */
  readonly error: ConfigError | undefined;
  /** The name of the event in the output. */
  readonly name: string;
  /** The time that the explanation is for, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** @throws {UsageError} @throws {ReactorError} if the event cannot be read */
export async function readExplanation(
  {command, file, options}: ExplanationRequest,
  world: CliWorld,
): Promise<ReadExplanation> {
  const nowMs = readMoment(command, options.at, world);
  const named = parseDestinations(command, options.destinations);
  const home = atHome(options.rules, world);
  const {rules, error} = readRulesFile(command, options.rules, home);
  const known = named ?? destinationsHere(rules, options.rules, home);
  const facts = {
    nowMs,
    messageLinks: messageLinksOf(world.env),
    memory: readMemoryFiles(command, options.memory, world),
    isNow: options.at === undefined,
    ...(known === undefined ? {} : {known}),
  };
  const {name, text} = await readEventOrOptions({command, file, options}, world);
  const subject = readSubject(text, {name, receivedAt: new Date(nowMs).toISOString()});
  return {explanation: explain(rules, subject, facts), error, name, nowMs};
}
