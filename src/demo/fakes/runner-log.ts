/**
 * A step's output → the job's log, as GitHub's runner writes it: commands are executed, secrets are masked.
 * The rules are those of actions/runner: src/Runner.Common/ActionCommand.cs, src/Runner.Worker/ActionCommandManager.cs.
 */

export type LogKind = 'text' | 'group' | 'endgroup' | 'error' | 'warning' | 'notice' | 'debug';

export interface LogLine {
  readonly kind: LogKind;
  readonly text: string;
  /** The title of the group that contains the line. */
  readonly group?: string;
}

export interface WorkflowCommand {
  /** In lower case. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

// biome-ignore format: one list of names
const COMMANDS = [
  'add-mask', 'add-matcher', 'add-path', 'debug', 'echo', 'endgroup', 'error', 'group', 'notice', 'remove-matcher',
  'save-state', 'set-env', 'set-output', 'stop-commands', 'warning',
];

/**
 * The command in a line: `::name key=value::data` at its start, or `##[name key=value]data` anywhere in it.
 * @param known the names of the enabled commands
 */
export function parseCommand(line: string, known: ReadonlySet<string>): WorkflowCommand | undefined {
  const candidates = [parseColons(line.trimStart()), parseBrackets(line)];
  return candidates.find(command => command !== undefined && known.has(command.name));
}

function parseColons(line: string): WorkflowCommand | undefined {
  const end = line.startsWith('::') ? line.indexOf('::', 2) : -1;
  if (end === -1) return undefined;
  const data = unescapeData(line.slice(end + 2));
  const unescapeText = (text: string) => unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
  return {...parseHead(line.slice(2, end), ',', unescapeText), data};
}

function parseBrackets(line: string): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = start === -1 ? -1 : line.indexOf(']', start);
  if (end === -1) return undefined;
  const unescapeText = (text: string) => unescapeLineEnds(text).replaceAll('%3B', ';').replaceAll('%5D', ']');
  return {...parseHead(line.slice(start + 3, end), ';', unescapeText), data: unescapeText(line.slice(end + 1))};
}

/** The name and the properties of a command. */
function parseHead(
  head: string,
  separator: string,
  unescapeText: (text: string) => string,
): Omit<WorkflowCommand, 'data'> {
  const space = head.indexOf(' ');
  const name = (space === -1 ? head : head.slice(0, space)).toLowerCase();
  const pairs = space === -1 ? [] : head.slice(space + 1).split(separator);
  const properties = pairs.flatMap(pair => {
    const equals = pair.indexOf('=');
    return equals < 1 ? [] : [[pair.slice(0, equals).trim(), unescapeText(pair.slice(equals + 1))] as const];
  });
  return {name, properties: Object.fromEntries(properties)};
}

function unescapeData(text: string): string {
  return unescapeLineEnds(text).replaceAll('%25', '%');
}

function unescapeLineEnds(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}

/** Processes a step's lines in order. */
export class JobLog {
  /** Outputs that were set by a command instead of a file. */
  readonly outputs = new Map<string, string>();
  readonly #lines: LogLine[] = [];
  readonly #masks = new Set<string>();
  readonly #known = new Set<string>(COMMANDS);
  #stopToken: string | undefined;
  #group: string | undefined;

  /** The lines with masked secrets, including secrets that were registered after a line. */
  get lines(): LogLine[] {
    return this.#lines.map(line => ({...line, text: this.blank(line.text)}));
  }

  get hasError(): boolean {
    return this.#lines.some(({kind}) => kind === 'error');
  }

  add(line: string): void {
    const command = parseCommand(line, this.#known);
    if (command === undefined) this.#write('text', line);
    else if (this.#stopToken !== undefined) this.#whileStopped(command, line);
    else this.#run(command, line);
  }

  mask(secret: string): void {
    for (const part of [secret, ...secret.split(/\r?\n/)]) if (part.trim() !== '') this.#masks.add(part);
  }

  blank(text: string): string {
    const longestFirst = [...this.#masks].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((blanked, secret) => blanked.replaceAll(secret, '***'), text);
  }

  /** While commands are stopped, only the token is a command. */
  #whileStopped({name}: WorkflowCommand, line: string): void {
    this.#write('text', line);
    if (name !== this.#stopToken) return;
    this.#known.delete(name);
    this.#stopToken = undefined;
  }

  #run({name, properties, data}: WorkflowCommand, line: string): void {
    switch (name) {
      case 'stop-commands':
        this.#stop(data, line);
        break;
      case 'add-mask':
        this.mask(data);
        break;
      case 'set-output':
        this.outputs.set(properties['name'] ?? '', data);
        break;
      case 'group':
        this.#group = data;
        this.#write('group', data);
        break;
      case 'endgroup':
        this.#group = undefined;
        this.#write('endgroup', '');
        break;
      case 'error':
      case 'warning':
      case 'notice':
      case 'debug':
        this.#write(name, data);
        break;
      case 'set-env':
      case 'add-path':
        this.#write('error', `The \`${name}\` command is disabled.`);
        break;
    }
  }

  #stop(token: string, line: string): void {
    this.#write('text', line);
    this.#stopToken = token.toLowerCase();
    this.#known.add(this.#stopToken);
    if (token.length > 6) this.#masks.add(token);
  }

  #write(kind: LogKind, text: string): void {
    this.#lines.push({kind, text, ...(this.#group === undefined || kind === 'group' ? {} : {group: this.#group})});
  }
}

/** The downloadable log, with the markers for groups and colors on GitHub's page. */
export function runnerLogText(lines: readonly LogLine[]): string {
  return lines.map(({kind, text}) => `${kind === 'text' ? '' : `##[${kind}]`}${text}\n`).join('');
}
