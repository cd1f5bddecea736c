/** Report: the mistakes of a file or of the settings as annotations of the run. Pure. */
import type {AnnotationPlace} from '../base/deps.ts';
import type {ConfigError} from '../base/errors.ts';

/** GitHub shows ten annotations of a step; one is the failure itself. */
export const MAX_ANNOTATIONS = 9;

export interface Annotation extends AnnotationPlace {
  readonly text: string;
}

/** One for each mistake of a file, at its place. Settings have no place: the message that fails the step has them all. */
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
