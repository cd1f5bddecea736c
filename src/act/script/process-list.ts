/** Act: which processes a script has left behind. */
import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {clip, oneLine} from '../../base/text.ts';

const MAX_COMMAND = 80;
const PS_TIMEOUT_MS = 2_000;

interface Process {
  readonly id: number;
  readonly group: number;
  readonly session: number;
  readonly isZombie: boolean;
  readonly command: string;
}

/**
 * The processes of a script that still run: `sleep 300 (process 1234)`. One that left both the group and the session of
 * its script (`setsid`) is not found.
 * @param leader the script's own process, which led the group and the session
 */
export function processesOf(leader: number | undefined): readonly string[] {
  if (leader === undefined) return [];
  const own = list().filter(({id, group, session}) => id !== leader && (group === leader || session === leader));
  return own
    .filter(({isZombie}) => !isZombie)
    .map(({id, command}) => `${clip(oneLine(command), MAX_COMMAND)} (process ${id})`);
}

function list(): Process[] {
  return existsSync('/proc/self/stat') ? readdirSync('/proc').flatMap(readProc) : readPs();
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function readProc(name: string): Process[] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    const end = stat.lastIndexOf(')'); // the name before it may hold anything
    const [state, , group, session] = stat.slice(end + 2).split(' ');
    const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    const command = words || stat.slice(stat.indexOf('(') + 1, end);
    return [{id: Number(name), group: Number(group), session: Number(session), isZombie: state === 'Z', command}];
  } catch {
    return []; // it has ended meanwhile
  }
}

/** Where there is no /proc, as on macOS. */
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
