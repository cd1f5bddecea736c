/** The part of `@actions/core` that the action uses, recording what a runner would be told. */
import type {Core} from '../../src/base/deps.ts';

interface Annotation {
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly startLine?: number;
  readonly startColumn?: number;
}

export interface RecordingCore {
  readonly core: Core;
  readonly outputs: ReadonlyMap<string, string>;
  readonly secrets: readonly string[];
  readonly infos: readonly string[];
  readonly debugs: readonly string[];
  readonly warnings: readonly Annotation[];
  readonly errors: readonly Annotation[];
  /** What the step failed with; each counts as an annotation, too. */
  readonly failures: readonly string[];
  /** The names of the calls, in order. */
  readonly calls: readonly string[];
  readonly summary: string;
}

/** @param broken names of calls that throw, as `core` does where a command file is missing */
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
  let buffer = '';
  const summary = {
    addRaw(text: string) {
      buffer += text;
      return summary;
    },
    async write() {
      call('summary');
      recorded.summary += buffer;
      buffer = '';
      return summary;
    },
  };
  const core = {
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
    summary: summary as unknown as Core['summary'],
  };
  return Object.defineProperty({...recorded, core}, 'summary', {get: () => recorded.summary}) as RecordingCore;
}
