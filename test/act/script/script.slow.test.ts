import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {runScript, type ScriptRequest, type ScriptResult} from '../../../src/act/script/script.ts';
import {eventually, temporaryDirectory, writeExecutable} from '../../helpers/processes/run-script.ts';
import {HOSTILE} from '../../helpers/values/hostile.ts';

let workspace: string;
let remove: () => Promise<void>;
let shown: string;

beforeEach(async () => {
  ({path: workspace, remove} = await temporaryDirectory());
  shown = '';
});
afterEach(() => remove());

/** Runs the lines as a script of the workspace, in bash unless another shebang is given. */
async function run(
  lines: string,
  request: Partial<ScriptRequest> = {},
  shebang = '#!/usr/bin/env bash',
): Promise<ScriptResult> {
  await writeExecutable(join(workspace, 'fix.sh'), `${shebang}\n${lines}\n`);
  return runScript({
    run: 'fix.sh',
    workspace,
    env: {PATH: process.env['PATH'] ?? ''},
    timeoutMs: 20_000,
    write: text => {
      shown += text;
    },
    mask: line => line,
    now: Date.now,
    ...request,
  });
}

/** A zombie process does not count as running. It possibly has no parent that waits for it. */
function isRunning(pid: number): boolean {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], {encoding: 'utf8'}).startsWith('Z');
  } catch {
    return false;
  }
}

/** Waits until a script has written this number of process ids, and returns them. */
async function pidsIn(file: string, n: number): Promise<number[]> {
  return eventually(`${file} holds ${n} lines`, async () => {
    const pids = readFileSync(join(workspace, file), {encoding: 'utf8', flag: 'a+'}).trim().split('\n').map(Number);
    return pids.length === n && pids.every(pid => pid > 0) && pids;
  });
}

async function expectEnded(pids: readonly number[]): Promise<void> {
  await eventually('all processes are gone', async () => pids.every(pid => !isRunning(pid)));
}

describe('a script', () => {
  test('succeeds with exit code 0, and its output is shown and kept', async () => {
    await expect(run('echo out; echo err >&2; pwd -P', {now: tick()})).resolves.toEqual({
      succeeded: true,
      detail: 'ended with exit code 0',
      exitCode: 0,
      cancelled: false,
      durationMs: 100,
      output: expect.stringMatching(/out\n/),
    });
    expect(shown).toContain('err\n');
    expect(shown).toContain(execFileSync('pwd', ['-P'], {cwd: workspace, encoding: 'utf8'}));
  });

  test.each([1, 3, 127, 255])('fails with exit code %d', async code => {
    await expect(run(`exit ${code}`)).resolves.toMatchObject({
      succeeded: false,
      detail: `ended with exit code ${code}`,
      exitCode: code,
    });
  });

  test('fails if a signal ends it', async () => {
    const result = await run('kill -KILL $$');
    expect(result).toMatchObject({succeeded: false, detail: 'was ended by the signal SIGKILL'});
    expect(result).not.toHaveProperty('exitCode');
  });

  test('has empty input, no arguments, and only the given variables', async () => {
    const env = {PATH: process.env['PATH'] ?? '', REACTOR_ENTITY: 'x'};
    const {output} = await run(
      'cat; echo "$# $(env | grep -Ev "^(_|PWD|SHLVL|PATH|OLDPWD|REACTOR_SCRIPT_ID|NODE_V8_COVERAGE)=" | sort)"',
      {env},
    );
    expect(output).toBe('0 REACTOR_ENTITY=x\n');
  });

  test('gets hostile text unchanged, without a shell', async () => {
    const value = `${HOSTILE}\n\u202e💥'"\\$IFS`;
    const env = {PATH: process.env['PATH'] ?? '', REACTOR_ENTITY: value};
    const {output, succeeded} = await run('printf %s "$REACTOR_ENTITY"; [ ! -e pwned ]', {env});
    expect(output).toBe(value);
    expect(succeeded).toBe(true);
  });

  test('is started by its file name, without a shell', async () => {
    await writeExecutable(join(workspace, '$(touch pwned);echo'), '#!/bin/sh\n[ ! -e pwned ]\n');
    await expect(run('true', {run: '$(touch pwned);echo'})).resolves.toMatchObject({succeeded: true});
  });

  test('can be in any language', async () => {
    const result = await run('console.log(process.argv.length, "schön")', {}, `#!${process.execPath}`);
    expect(result.output).toBe('2 schön\n');
  });
});

describe('output', () => {
  test('is joined if characters arrive in pieces', async () => {
    const {output} = await run(
      "printf '\\xf0\\x9f'; sleep 0.05; printf '\\x92\\xa5'; sleep 0.05; printf '\\xc3'; printf '\\xbc'",
    );
    expect(output).toBe('💥ü');
  });

  test('of 50 MB is bounded, in the log and in memory', async () => {
    const {succeeded, output} = await run('yes "a line of the output of a script" | head -c 50000000');
    expect(succeeded).toBe(true);
    expect(shown.length).toBeLessThan(1024 * 1024 + 100);
    expect(output.length).toBeLessThan(66_000);
  });

  test('ends with a line break', async () => {
    await run('printf "no end"');
    expect(shown).toBe('no end\n');
  });
});

describe('a time limit', () => {
  test('ends a script that hangs, and reports it', async () => {
    const result = await run('echo started; sleep 300', {timeoutMs: 700});
    expect(result).toMatchObject({
      succeeded: false,
      detail: 'was stopped after 0.7 s, its time limit',
      cancelled: false,
    });
    expect(result.durationMs).toBeLessThan(5_000);
    expect(result.output).toBe('started\n');
  });

  test('lets a script clean up and keeps that output, and exit code 0 is still a failure', async () => {
    const result = await run("trap 'echo cleaned up; exit 0' TERM; sleep 300 & wait", {timeoutMs: 700});
    expect(result).toMatchObject({succeeded: false, detail: expect.stringContaining('its time limit'), exitCode: 0});
    expect(result.output).toBe('cleaned up\n');
  });

  test('kills a script that ignores SIGTERM, and all its children', async () => {
    const family =
      "trap '' TERM; sleep 300 & echo $! >> pids; (sleep 300 & echo $! >> pids; wait) & echo $! >> pids; echo $$ >> pids; wait; wait; sleep 300";
    const result = run(family, {timeoutMs: 800, graceMs: 200, drainMs: 200});
    const pids = await pidsIn('pids', 4);
    await expect(result).resolves.toMatchObject({succeeded: false, detail: expect.stringContaining('its time limit')});
    await expectEnded(pids);
  });

  test('kills silent children that ignore SIGTERM after the script itself ended', async () => {
    const family = "(trap '' TERM; exec sleep 300) > /dev/null 2>&1 & echo $! >> pids; wait";
    const result = run(family, {timeoutMs: 800, graceMs: 10_000});
    const pids = await pidsIn('pids', 1);
    await expect(result).resolves.toMatchObject({succeeded: false});
    await expectEnded(pids);
  });

  test.each([
    ['has its own process group', 'set -m; sleep 300 & echo $! >> pids'],
    ['runs under `timeout`', "timeout 300 bash -c 'echo $$ >> pids; exec sleep 300' &"],
    ...onLinux(['has its own session', "setsid bash -c 'echo $$ >> pids; exec sleep 300' > /dev/null 2>&1 &"]),
  ])('also kills a child that %s', async (_name, start) => {
    const result = run(`${start}\nsleep 300`, {timeoutMs: 800, graceMs: 200, drainMs: 200});
    const pids = await pidsIn('pids', 1);
    await expect(result).resolves.toMatchObject({succeeded: false});
    await expectEnded(pids);
  });

  test('longer than the maximum of a timer does not end the script early', async () => {
    await expect(run('sleep 0.1', {timeoutMs: 600 * 3_600_000})).resolves.toMatchObject({succeeded: true});
  });
});

describe('a process that the script leaves running', () => {
  test.each([
    ['holds the output open', 'sleep 300 &'],
    ['writes no output', 'sleep 300 > /dev/null 2>&1 &'],
    ['has its own process group', 'set -m; sleep 300 &'],
    ...onLinux(['has its own session', 'setsid --wait sleep 300 > /dev/null 2>&1 &']),
    ['writes again and again', "(trap '' PIPE; while echo again; do sleep 0.02; done) &"],
  ])('and that %s is named and continues, without a wait', async (_name, start) => {
    const result = await run(`${start} echo $! >> pids; echo done; exit 0`, {drainMs: 150});
    const [pid = 0] = await pidsIn('pids', 1);
    expect(isRunning(pid)).toBe(true);
    expect(result).toMatchObject({succeeded: true, output: expect.stringContaining('done\n'), exitCode: 0});
    expect(result.detail).toMatch(/^ended with exit code 0, and left processes running: .+ \(process \d+\)/);
    expect(result.detail).toContain(`(process ${pid})`);
    expect(result.durationMs).toBeLessThan(5_000);
    process.kill(pid, 'SIGKILL');
  });

  test('is named if the script failed', async () => {
    const result = await run('sleep 300 & echo $! >> pids; exit 3', {drainMs: 100});
    const [pid = 0] = await pidsIn('pids', 1);
    expect(result).toMatchObject({succeeded: false, exitCode: 3});
    expect(result.detail).toBe(`ended with exit code 3, and left processes running: sleep 300 (process ${pid})`);
    process.kill(pid);
  });

  test('is not named if it ends soon after the script', async () => {
    await expect(run('sleep 0.2 > /dev/null 2>&1 & echo done')).resolves.toMatchObject({
      detail: 'ended with exit code 0',
    });
  });

  test('is counted if there are many', async () => {
    const {detail} = await run('for n in 1 2 3 4 5; do sleep 300 & echo $! >> pids; done', {drainMs: 100});
    expect(detail).toMatch(/(sleep 300 \(process \d+\)(, )?){3} and 2 more$/);
    for (const pid of await pidsIn('pids', 5)) process.kill(pid);
  });
});

describe('a cancelled workflow run', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('ends script and children at %s', async signal => {
    const result = run('sleep 300 & echo $! >> pids; echo $$ >> pids; wait', {drainMs: 200});
    const pids = await pidsIn('pids', 2);
    process.emit(signal);
    await expect(result).resolves.toMatchObject({
      succeeded: false,
      cancelled: true,
      detail: 'was stopped: the workflow run was cancelled',
    });
    await expectEnded(pids);
  });

  test('leaves no listener behind', async () => {
    const listeners = () => ['SIGINT', 'SIGTERM'].map(signal => process.listenerCount(signal));
    const before = listeners();
    await run('true');
    await run('exit 1');
    await run('true', {}, '#!/no/such/interpreter');
    expect(listeners()).toEqual(before);
  });
});

describe('reports a script that cannot be started', () => {
  test.each<[string, string, RegExp]>([
    [
      'an interpreter that does not exist',
      '#!/no/such/interpreter',
      /^can't be started: the interpreter .* is not installed/,
    ],
    ['a first line that ends in CR LF', '#!/bin/bash\r', /^can't be started: .*CR LF/],
    ['no interpreter', '', /^can't be started: its first line must name its interpreter, for example #!/],
  ])('because of %s', async (_name, shebang, detail) => {
    await expect(run('echo hi', {}, shebang)).resolves.toMatchObject({
      succeeded: false,
      detail: expect.stringMatching(detail),
      output: '',
    });
  });

  test.each<[string, Partial<ScriptRequest>, RegExp]>([
    ['is missing', {run: 'other.sh'}, /^is not in the workspace/],
    ['is outside of the workspace', {run: '../fix.sh'}, /^(is not in|is outside) the workspace/],
    ['has too large variables', {env: {BIG: 'x'.repeat(3_000_000)}}, /variables are too large/],
    ['has a variable with NUL', {env: {NUL: 'a\0b'}}, /can't be started: .*null bytes/],
  ])('because it %s', async (_name, request, detail) => {
    await expect(run('true', request)).resolves.toMatchObject({
      succeeded: false,
      detail: expect.stringMatching(detail),
    });
  });
});

/** Cases that need /proc. */
function onLinux<T>(...cases: T[]): T[] {
  return process.platform === 'linux' ? cases : [];
}

/** A clock that moves 100 ms each time it is read. */
function tick(): () => number {
  let now = 0;
  return () => (now += 100);
}
