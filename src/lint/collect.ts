/** Lint: what a loader gives, or the mistakes that it reports. */
import {ConfigError} from '../errors.ts';
import type {FileProblem} from './source.ts';

export interface Collected<T> {
  /** undefined if there are mistakes. */
  readonly value: T | undefined;
  readonly problems: readonly FileProblem[];
}

export function collect<T>(file: string, parse: () => T): Collected<T> {
  try {
    return {value: parse(), problems: []};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(({message, line = 1, column = 1}) => ({file, line, column, message}));
    return {value: undefined, problems};
  }
}
