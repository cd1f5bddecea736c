/** A shell that keeps its folder, aliases and variables between commands, as a terminal does. */
import {spawn} from 'node:child_process';

export interface Terminal {
  /** Runs the commands, and resolves with their output when all have ended. @throws {Error} if one fails */
  run(commands: string): Promise<string>;
  /** Runs a command that does not end, and resolves when it has printed this text. @throws {Error} if it ends first */
  start(command: string, expected: RegExp): Promise<RegExpExecArray>;
  /** Ends the shell and all its processes. */
  close(): void;
}

const END = 'end-of-the-commands';

export function openTerminal(cwd: string, env: Readonly<Record<string, string>>): Terminal {
  const shell = spawn('bash', ['--norc'], {cwd, env, detached: true}); // detached: its own process group, so that it can be ended
  let output = '';
  let isOpen = true;
  const waiting = new Set<() => void>();
  const onOutput = (chunk: string) => {
    output += chunk;
    for (const look of waiting) look();
  };
  shell.stdout.setEncoding('utf8').on('data', onOutput);
  shell.stderr.setEncoding('utf8').on('data', onOutput);
  shell.on('close', () => {
    isOpen = false;
    onOutput('');
  });
  const until = (expected: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = expected.exec(output);
        if (found === null && isOpen) return;
        waiting.delete(look);
        if (found === null) reject(new Error(`The shell ended:\n${output}`));
        else resolve(found);
      };
      waiting.add(look);
      look();
    });
  const type = (text: string) => {
    output = '';
    shell.stdin.write(`${text}\n`);
  };
  type('set -e; shopt -s expand_aliases');
  return {
    async run(commands) {
      type(`${commands}\necho ${END}`);
      await until(new RegExp(`^${END}$`, 'm'));
      return output.replace(`${END}\n`, '');
    },
    start(command, expected) {
      type(command);
      return until(expected);
    },
    close() {
      if (isOpen && shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
    },
  };
}
