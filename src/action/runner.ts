/**
 * How the step talks to its runner: workflow commands on standard output, and the files that the runner names.
 *
 * The same bytes as `@actions/core` writes (test/action/runner.test.ts). Loading that package, with its OIDC client and its
 * asynchronous files, took a tenth of a run.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
import {appendFileSync, existsSync} from 'node:fs';
import type {AnnotationPlace, Core} from '../base/deps.ts';

/** That of `node:os`, which takes longer to load than all lines to write. */
const EOL = process.platform === 'win32' ? '\r\n' : '\n';

export interface RunnerProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: {write(text: string): unknown};
  exitCode?: number | string | null | undefined;
}

/** @param process where inputs come from, and where commands and the exit code go */
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
      else command('set-output', {name}, value); // of runners before 2022, and of act
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

/** The value stands between two lines that do not occur in it, so that no value can set a second output. */
function assignment(name: string, value: string): string {
  let delimiter = 'PORT_REACTOR_OUTPUT';
  while (value.includes(delimiter)) delimiter += '_';
  return [`${name}<<${delimiter}`, value, delimiter].join(EOL);
}

/** @throws {Error} if the runner's file is missing: a file that we made ourselves would be read by nothing */
function appendTo(variable: string, env: RunnerProcess['env'], text: string): void {
  const path = env[variable];
  if (!path) throw new Error(`${variable} is not set, so that the runner takes no such text`);
  if (!existsSync(path)) throw new Error(`${variable} names a file that does not exist: ${path}`);
  appendFileSync(path, text);
}
