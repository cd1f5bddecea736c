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

/** No transports: they need files that a bundle does not have. */
export function createLog(level: LogLevel, destination: DestinationStream): RelayLog {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: {level: (label: string) => ({level: label})},
  };
  return pino(options, destination);
}
