/**
 * The communication between step and runner: workflow commands on standard output, and files that the runner names. Writes the
 * same bytes as `@actions/core` (see test/action/runner.test.ts). Loading that package, with its OIDC client and asynchronous
 * file access, took a tenth of a run.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
import {appendFileSync, existsSync} from 'node:fs';
import type {AnnotationPlace, Core} from '../base/deps.ts';

/** The value of `os.EOL`. Loading `node:os` takes longer than writing all lines. */
const EOL = process.platform === 'win32' ? '\r\n' : '\n';

export interface RunnerProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: {write(text: string): unknown};
  exitCode?: number | string | null | undefined;
}

/** @param process the source of inputs, and the target of commands and the exit code */
export function createRunner(process: RunnerProcess): Core {
  const {env, stdout} = process;
  const line = (text: string) => void stdout.write(text + EOL);
  const command = (name: string, properties: Properties, text: string) => line(commandOf(name, properties, text));
  const annotate = (level: string) => (message: string, place?: AnnotationPlace) =>
    command(level, propertiesOf(place), message);
  const error = annotate('error');
  return {
    getInput: name => (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim(),
    setSecret: secret => command('add-mask', {}, secret),
    setOutput(name, value) {
      if (env['GITHUB_OUTPUT']) appendTo('GITHUB_OUTPUT', env, assignment(name, value) + EOL);
      else command('set-output', {name}, value); // for runners before 2022, and for act
    },
    setFailed(message) {
      process.exitCode = 1;
      error(message);
    },
    debug: message => command('debug', {}, message),
    info: line,
    notice: annotate('notice'),
    warning: annotate('warning'),
    error,
    appendSummary: markup => appendTo('GITHUB_STEP_SUMMARY', env, markup),
  };
}

type Properties = Readonly<Record<string, string | number | undefined>>;

function commandOf(name: string, properties: Properties, text: string): string {
  const written = Object.entries(properties).filter(([, value]) => value !== undefined && value !== '');
  const list = written.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(',');
  return `::${name}${list === '' ? '' : ` ${list}`}::${escapeText(text)}`;
}

function propertiesOf({title, file, startLine, startColumn}: AnnotationPlace = {}): Properties {
  return {title, file, line: startLine, col: startColumn};
}

function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** The value is between two delimiter lines that do not occur in it, so that it cannot set a second output. */
function assignment(name: string, value: string): string {
  let delimiter = 'PORT_REACTOR_OUTPUT';
  while (value.includes(delimiter)) delimiter += '_';
  return [`${name}<<${delimiter}`, value, delimiter].join(EOL);
}

/** @throws {Error} if the runner's file does not exist. The runner would not read a file that the step creates */
function appendTo(variable: string, env: RunnerProcess['env'], text: string): void {
  const path = env[variable];
  if (!path) throw new Error(`${variable} is not set, so the runner cannot receive this text`);
  if (!existsSync(path)) throw new Error(`${variable} names a file that does not exist: ${path}`);
  appendFileSync(path, text);
}
