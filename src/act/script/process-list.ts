/** Act: lists the running processes that a script has started. */
import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {clip, oneLine} from '../../base/text/show.ts';

const MAX_COMMAND = 80;
const PS_TIMEOUT_MS = 2_000;

/** Identifies the processes of one script. */
export interface Family {
  /** The process of the script itself, which leads the process group and the session. */
  readonly leader: number;
  /** `NAME=value`: a variable that only this script has. Its child processes inherit it. */
  readonly mark: string;
}

interface Process {
  readonly id: number;
  readonly group: number;
  readonly session: number;
  readonly isZombie: boolean;
  readonly command: string;
}

/**
 * The running processes that a script started, without the script itself. On Linux, a process that left the script's group and
 * session (`setsid`) is identified by the mark, unless its environment was cleared or belongs to another user. On other
 * systems, only the group identifies a process.
 */
export function processesOf({leader, mark}: Family): readonly Process[] {
  const isOwn = ({id, group, session}: Process) => group === leader || session === leader || hasMark(id, mark);
  return list().filter(one => one.id !== leader && !one.isZombie && isOwn(one));
}

/** `sleep 300 (process 1234)` */
export function describeProcess({id, command}: Process): string {
  return `${clip(oneLine(command), MAX_COMMAND)} (process ${id})`;
}

/**
 * The method by which GitHub's runner finds orphaned processes.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_environ.5.html
 */
function hasMark(id: number, mark: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${id}/environ`, 'latin1')}`.includes(`\0${mark}\0`);
  } catch {
    return false; // another user's process, already ended, or not Linux
  }
}

function list(): Process[] {
  return existsSync('/proc/self/stat') ? readdirSync('/proc').flatMap(readProc) : readPs();
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function readProc(name: string): Process[] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    const end = stat.lastIndexOf(')'); // the name before it can contain any character
    const [state, , group, session] = stat.slice(end + 2).split(' ');
    const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    const command = words || stat.slice(stat.indexOf('(') + 1, end);
    return [{id: Number(name), group: Number(group), session: Number(session), isZombie: state === 'Z', command}];
  } catch {
    return []; // the process has ended
  }
}

/** For systems without /proc, such as macOS. */
function readPs(): Process[] {
  try {
    const text = execFileSync('ps', ['-axo', 'pid=,pgid=,stat=,args='], {encoding: 'utf8', timeout: PS_TIMEOUT_MS});
    return text.split('\n').flatMap(line => {
      const [, id, group, state = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      if (id === undefined) return [];
      return [{id: Number(id), group: Number(group), session: 0, isZombie: state.startsWith('Z'), command}];
    });
  } catch {
    return [];
  }
}
