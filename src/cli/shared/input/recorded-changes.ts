/** Reads the changes in a recording, which is one JSON document, or one document per line. Pure. */
import {ConfigError, messageOf, type Problem, ReactorError} from '../../../base/errors.ts';
import {parseOrUndefined} from '../../../base/json.ts';
import {type Incoming, incomingOf} from '../../../change/event/incoming.ts';
import {readRecordedLine} from '../../../change/event/recorded-line.ts';

/** The maximum number of reported mistakes. */
const MAX_PROBLEMS = 10;

/**
 * The changes without duplicates, oldest first.
 * @param text events in any format, client payloads, entries of the audit log, lines of a decision record, changes
 * @param name the source of the text, for messages
 * @throws {ConfigError} with the lines that cannot be read
 */
export function readRecordedChanges(text: string, name: string): Incoming {
  const isOne = parseOrUndefined(text) !== undefined;
  const lines = isOne ? [text] : text.split('\n');
  const problems: Problem[] = [];
  const changes = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return readRecordedLine(line).changes;
    } catch (error) {
      if (!(error instanceof ReactorError)) throw error;
      problems.push({message: messageOf(error), ...(isOne ? {} : {line: index + 1})});
      return [];
    }
  });
  if (text.trim() === '') problems.push({message: 'it is empty'});
  if (problems.length > 0) {
    throw new ConfigError(`The changes in ${name} cannot be read:`, problems.slice(0, MAX_PROBLEMS), name);
  }
  return incomingOf(changes);
}
