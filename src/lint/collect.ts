/** Lint: the value of a loader, or the mistakes that it reports. */
import type {ConfigError} from '../base/errors.ts';
import type {FileProblem} from './source.ts';

export interface Collected<T> {
  /** Undefined if there are mistakes. */
  readonly value: T | undefined;
  readonly problems: readonly FileProblem[];
}

/** The mistakes of a file with their positions. */
export function problemsIn(file: string, error: ConfigError | undefined): FileProblem[] {
  return (error?.problems ?? []).map(({message, line = 1, column = 1}) => ({file, line, column, message}));
}
