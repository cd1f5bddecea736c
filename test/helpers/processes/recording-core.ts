/** A fake of `@actions/core` that records its calls. */
import type {AnnotationPlace, Core} from '../../../src/base/deps.ts';

interface Annotation extends AnnotationPlace {
  readonly message: string;
}

export interface RecordingCore {
  readonly core: Core;
  readonly outputs: ReadonlyMap<string, string>;
  readonly secrets: readonly string[];
  readonly infos: readonly string[];
  readonly debugs: readonly string[];
  readonly warnings: readonly Annotation[];
  readonly errors: readonly Annotation[];
  /** The failures of the step. Each is also an annotation. */
  readonly failures: readonly string[];
  /** The names of the calls, in order. */
  readonly calls: readonly string[];
  readonly summary: string;
}

/** @param broken names of functions that throw, as if the runner's command file were missing */
export function createRecordingCore(
  inputs: Readonly<Record<string, string>> = {},
  broken: readonly string[] = [],
): RecordingCore {
  const recorded = {
    outputs: new Map<string, string>(),
    secrets: [] as string[],
    infos: [] as string[],
    debugs: [] as string[],
    warnings: [] as Annotation[],
    errors: [] as Annotation[],
    failures: [] as string[],
    calls: [] as string[],
    summary: '',
  };
  const call = (name: string) => {
    recorded.calls.push(name);
    if (broken.includes(name)) throw new Error(`Missing file at path: /runner/${name}`);
  };
  const textOf = (message: string | Error) => (typeof message === 'string' ? message : message.message);
  const core: Core = {
    getInput: (name: string) => (inputs[name] ?? '').trim(),
    setSecret: (secret: string) => void recorded.secrets.push(secret),
    setOutput(name: string, value: unknown) {
      call('setOutput');
      recorded.outputs.set(name, String(value));
    },
    setFailed(message: string | Error) {
      call('setFailed');
      recorded.failures.push(textOf(message));
    },
    debug: (message: string) => void recorded.debugs.push(message),
    info: (message: string) => void recorded.infos.push(message),
    warning: (message: string | Error, place = {}) => void recorded.warnings.push({message: textOf(message), ...place}),
    notice: () => {},
    error: (message: string | Error, place = {}) => void recorded.errors.push({message: textOf(message), ...place}),
    appendSummary(markup) {
      call('summary');
      recorded.summary += markup;
    },
  };
  return Object.defineProperty({...recorded, core}, 'summary', {get: () => recorded.summary}) as RecordingCore;
}
