/** Report: mistakes in a file or in the settings → annotations of the run. Pure. */
import type {AnnotationPlace} from '../base/deps.ts';
import type {ConfigError} from '../base/errors.ts';

/** GitHub shows at most ten annotations of a step. The failure itself is one of them. */
export const MAX_ANNOTATIONS = 9;

export interface Annotation extends AnnotationPlace {
  readonly text: string;
}

/**
 * One annotation for each mistake in a file, at its position. Settings have no position. The failure message lists all
 * mistakes.
 */
export function annotationsOf({problems, file}: ConfigError): Annotation[] {
  if (file === undefined) return [];
  return problems.map(({message, line, column}) => ({
    text: message,
    title: 'Port Reactor',
    file,
    ...(line === undefined ? {} : {startLine: line}),
    ...(column === undefined ? {} : {startColumn: column}),
  }));
}
