/** The relay's log: JSON lines, one per delivery. Nothing unverified, no body, no secret is ever handed to it. */
import {type DestinationStream, type Level, pino, stdTimeFunctions} from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = Level | 'silent';

/** What we use of pino. */
export interface RelayLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Writes to standard output unless told. No transports: they need files that a bundle does not have. */
export function createLog(level: LogLevel, destination: DestinationStream = standardOutput()): RelayLog {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: {level: (label: string) => ({level: label})},
  };
  return pino(options, destination);
}

/** Lines are gathered up to this size. */
const GATHER_BYTES = 4_096;

/**
 * The lines of one turn of the event loop are written together at its end: under load that is a tenth of the calls. The
 * process waits for each write, also for the one when it exits; only being killed may cost the lines of one turn.
 */
function standardOutput(): DestinationStream {
  const stdout = pino.destination({sync: true, minLength: GATHER_BYTES});
  let isDue = false;
  const flush = () => {
    isDue = false;
    stdout.flush();
  };
  process.on('exit', flush);
  return {
    write(line) {
      stdout.write(line);
      if (!isDue) setImmediate(flush);
      isDue = true;
    },
  };
}
