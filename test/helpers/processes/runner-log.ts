/**
 * Reads the output of a step as GitHub's runner does: the workflow commands and the other lines.
 * @see https://github.com/actions/runner: ActionCommand.cs, ActionCommandManager.cs
 */

interface Command {
  readonly name: string;
  /** As `title=…,file=…`. */
  readonly properties: string;
  readonly data: string;
}

export interface RunnerLog {
  readonly commands: readonly Command[];
  /** The lines that are not commands. */
  readonly lines: readonly string[];
  /** The lines between `stop-commands` and its end, where commands are ignored. */
  readonly stopped: readonly string[];
  /** True if commands are still stopped at the end. */
  readonly isStopped: boolean;
}

const NEW = /^::([\w-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/;
const OLD = /##\[([\w-]+)(?: ([^\]]*))?\](.*)$/;

export function readRunnerLog(output: string): RunnerLog {
  const [commands, lines, stopped]: [Command[], string[], string[]] = [[], [], []];
  let token: string | undefined;
  for (const line of output.split(/\r\n|\r|\n/).slice(0, -1)) {
    const [, name = '', properties = '', data = ''] = NEW.exec(line.trim()) ?? OLD.exec(line) ?? [];
    if (token !== undefined) {
      if (name === token) token = undefined;
      else stopped.push(line);
    } else if (name === 'stop-commands') token = data;
    else if (name !== '') commands.push({name, properties, data});
    else lines.push(line);
  }
  return {commands, lines, stopped, isStopped: token !== undefined};
}
