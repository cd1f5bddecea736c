/** Finds the Node for the benchmarks: the version with which GitHub's runners start the action. */
import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {pathOf} from './servers.ts';

/** `24`, of `using: node24`. */
const SHIPPED = /using: ['"]?node(\d+)/.exec(readFileSync(pathOf('action.yml'), 'utf8'))?.[1] ?? '';

/** Passes the origin of its Node to the measuring process. */
const ORIGIN = 'BENCH_NODE_ORIGIN';

/** Runs the benchmark with the shipped version of Node, in this process or in a child process. This process exits with the child. */
export function useShippedNode(): string {
  const origin = process.env[ORIGIN];
  if (origin !== undefined) return origin;
  if (isShipped(process.version)) return "this machine's";
  const found = findShippedNode();
  if (found === undefined) {
    const advice = `install it, or set BENCH_NODE to the path of one`;
    process.stderr.write(
      `Node ${SHIPPED} was not found: ${advice}. The results below are those of another version.\n\n`,
    );
    return `installed on this machine. The shipped version, Node ${SHIPPED}, was not found`;
  }
  const {status} = spawnSync(found.path, process.argv.slice(1), {
    stdio: 'inherit',
    env: {...process.env, [ORIGIN]: found.origin},
  });
  process.exit(status ?? 1);
}

/** `BENCH_NODE` is a path. npm downloads its package `node` once into its cache, and does not change this project. */
function findShippedNode(): {path: string; origin: string} | undefined {
  const candidates = [
    {origin: 'BENCH_NODE', run: [process.env['BENCH_NODE'] ?? '']},
    {origin: "npm's package node", run: ['npm', 'exec', '--yes', `--package=node@${SHIPPED}`, '--', 'node']},
  ];
  for (const {origin, run} of candidates) {
    const [version, path] = queryNode(run);
    if (path !== undefined && isShipped(version ?? '')) return {path, origin};
  }
  return undefined;
}

function queryNode([program = '', ...args]: readonly string[]): string[] {
  if (program === '') return [];
  try {
    const script = 'process.version + " " + process.execPath';
    return execFileSync(program, [...args, '-p', script], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']})
      .trim()
      .split(/ (.*)/);
  } catch {
    return [];
  }
}

function isShipped(version: string): boolean {
  return version.startsWith(`v${SHIPPED}.`);
}
