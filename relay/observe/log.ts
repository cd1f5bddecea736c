/** The relay's log: JSON lines, one per delivery. Unverified data, bodies and secrets are never logged. */
import {type DestinationStream, type Level, pino, stdTimeFunctions} from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = Level | 'silent';

/** The part of pino that the relay uses. */
export interface RelayLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Without transports, which need files that a bundle does not contain. */
export function createLog(level: LogLevel, destination: DestinationStream): RelayLog {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: {level: (label: string) => ({level: label})},
  };
  return pino(options, destination);
}
