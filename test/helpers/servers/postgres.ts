// A real PostgreSQL server for one test suite, in a temporary directory, on a free port of 127.0.0.1 and on a Unix socket.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chown, readdir, readFile, realpath} from 'node:fs/promises';
import {createServer} from 'node:net';
import {delimiter, dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {eventually, runProgram, temporaryDirectory} from '../processes/run-script.ts';

type SessionOptions = {user?: string; database?: string; application?: string; replication?: 'database'};
type Server = {bin: string; directory: string; port: number; user: {uid: number; gid: number} | undefined};

/** A client that stays connected and runs the given SQL. `pid` is the process id of its backend. */
export type Session = {pid: number; send(sql: string): void};
export type Postgres = ReturnType<typeof createPostgres>;

const oldest = 14;
const programs = ['initdb', 'postgres', 'psql', 'pg_receivewal'];

/** The directory of the newest suitable PostgreSQL. Undefined if none is installed. */
export async function findPostgres(): Promise<string | undefined> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map(directory => join(directory, 'postgres'));
  const packages = '/usr/lib/postgresql'; // the directory of Debian and Ubuntu, which is not in PATH
  const versions = (await list(packages)).sort((a, b) => Number(b) - Number(a));
  for (const candidate of [...onPath, ...versions.map(version => join(packages, version, 'bin/postgres'))]) {
    const bin = dirname(await realpath(candidate).catch(() => candidate));
    const files = await list(bin);
    if (programs.every(name => files.includes(name)) && (await majorVersion(bin)) >= oldest) {
      return bin;
    }
  }
  return undefined;
}

export async function startPostgres(bin: string): Promise<Postgres> {
  const {path: directory, remove} = await temporaryDirectory();
  const server: Server = {bin, directory, port: await freePort(), user: await unprivilegedUser()};
  try {
    if (server.user !== undefined) {
      await chown(directory, server.user.uid, server.user.gid);
    }
    const child = await startServer(server);
    // Stops immediately, because the data is not needed, even if the tests are interrupted.
    const kill = () => child.kill('SIGQUIT');
    process.once('exit', kill);
    return createPostgres(server, async () => {
      process.off('exit', kill);
      kill();
      await (child.exitCode ?? once(child, 'exit'));
      await remove();
    });
  } catch (error) {
    await remove();
    throw error;
  }
}

async function startServer(server: Server): Promise<ChildProcess> {
  const data = join(server.directory, 'data');
  const encoding = ['-E', 'UTF8', '--locale=C'];
  const auth = ['--auth-local=trust', '--auth-host=scram-sha-256'];
  const args = ['-D', data, '-U', 'postgres', '--no-sync', ...encoding, ...auth];
  const made = await runProgram(join(server.bin, 'initdb'), args, spawnOptions(server));
  if (made.code !== 0) {
    throw new Error(`initdb failed: ${made.stderr}`);
  }
  const settings = {
    unix_socket_directories: server.directory,
    listen_addresses: '127.0.0.1',
    port: server.port,
    fsync: 'off',
    wal_level: 'logical',
    shared_buffers: '16MB',
    lc_messages: 'C',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = start(server, ['postgres', '-D', data, ...options]);
  const log: string[] = [];
  for await (const line of createInterface({input: child.stderr as NodeJS.ReadableStream})) {
    log.push(line);
    if (line.includes('ready to accept connections')) {
      child.stderr?.resume(); // the rest of its log must be read
      return child;
    }
  }
  throw new Error(`PostgreSQL did not start:\n${log.join('\n')}`);
}

function createPostgres(server: Server, stopServer: () => Promise<void>) {
  const {bin, directory, port} = server;
  const clients: {child: ChildProcess; pid: number}[] = [];

  let admin: Console | undefined;
  /** Runs SQL as the superuser and resolves with the output of psql, without header. */
  const query = async (sql: string): Promise<string> => {
    admin = admin?.isOpen() ? admin : openConsole(server);
    return admin.query(sql);
  };

  const openSession = async (options: SessionOptions = {}): Promise<Session> => {
    const {user = 'postgres', database = 'postgres', application = 'app', replication} = options;
    const target = `${address(server)} user=${user} dbname=${database} ${replication ? 'replication=database' : ''}`;
    const child = start(server, ['psql', '-XqAt', target], {PGAPPNAME: application});
    const send = (sql: string) => void child.stdin?.write(`${sql}\n`);
    send('SELECT pg_backend_pid();');
    const failed = once(child, 'exit').then(() => Promise.reject(new Error(`psql ${target} could not connect`)));
    const lines = createInterface({input: child.stdout as NodeJS.ReadableStream});
    const [pid] = await Promise.race([once(lines, 'line'), failed]);
    failed.catch(() => undefined); // a later end is not a failure
    clients.push({child, pid: Number(pid)});
    return {pid: Number(pid), send};
  };

  /** Opens a replication session: a process that follows the write-ahead log. */
  const openReplica = async (user: string): Promise<Session> => {
    const target = `${address(server)} user=${user}`;
    const child = start(server, ['pg_receivewal', '-D', directory, '-d', target, '--no-loop', '--no-sync']);
    const sql = "SELECT pid FROM pg_stat_replication WHERE application_name = 'pg_receivewal'";
    const pid = await eventually('the replica follows', async () => Number(await query(sql)));
    clients.push({child, pid});
    return {pid, send: () => undefined};
  };

  const isConnected = async (pid: number): Promise<boolean> =>
    (await query(`SELECT count(*) FROM pg_stat_activity WHERE pid = ${pid}`)) === '1';

  /** Waits until the session has been in this state for this time. */
  const reached = (pid: number, state: string, seconds = 0): Promise<unknown> =>
    eventually(`session ${pid} is ${state} for ${seconds} s`, async () => {
      const age = `clock_timestamp() - CASE state WHEN 'active' THEN query_start ELSE state_change END`;
      const condition = `pid = ${pid} AND state = '${state}' AND ${age} >= make_interval(secs => ${seconds})`;
      return (await query(`SELECT count(*) FROM pg_stat_activity WHERE ${condition}`)) === '1';
    });

  /** Ends the sessions of a test, and waits until the server has ended them. */
  const closeSessions = async (): Promise<void> => {
    const pids = clients.map(({pid}) => pid);
    for (const {child} of clients.splice(0)) {
      child.kill('SIGKILL');
    }
    await query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = ANY ('{${pids}}')`);
  };

  const stop = async (): Promise<void> => {
    await closeSessions();
    await admin?.close();
    await stopServer();
  };

  return {bin, directory, port, query, openSession, openReplica, isConnected, reached, closeSessions, stop};
}

type Console = {query(sql: string): Promise<string>; isOpen(): boolean; close(): Promise<unknown>};

/** One psql process for many queries in sequence, so that polling takes little time. A mistake in the SQL closes it. */
function openConsole(server: Server): Console {
  const target = `${address(server)} user=postgres dbname=postgres`;
  const child = start(server, ['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', target]);
  const closed = once(child, 'close');
  const lines = createInterface({input: child.stdout as NodeJS.ReadableStream})[Symbol.asyncIterator]();
  let errors = '';
  child.stderr?.on('data', text => {
    errors += text;
  });

  const answer = async (sql: string): Promise<string> => {
    const end = 'end of the answer';
    child.stdin?.write(`${sql}\n;\n\\echo ${end}\n`);
    const answered: string[] = [];
    for (;;) {
      const line = await lines.next();
      if (line.done) {
        await closed;
        throw new Error(`${errors.trim()}\nin ${sql}`);
      }
      if (line.value === end) {
        return answered.join('\n');
      }
      answered.push(line.value);
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  const query = (sql: string): Promise<string> => {
    const next = last.catch(() => undefined).then(() => answer(sql));
    last = next;
    return next;
  };
  const close = () => {
    child.stdin?.end();
    return closed;
  };
  return {query, close, isOpen: () => child.exitCode === null};
}

/** PostgreSQL refuses to run as root. */
async function unprivilegedUser(): Promise<Server['user']> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map(line => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user === undefined) {
    throw new Error('PostgreSQL does not run as root, and the users postgres and nobody do not exist');
  }
  return {uid: Number(user[2]), gid: Number(user[3])};
}

function start(server: Server, [program, ...args]: readonly [string, ...string[]], env: Record<string, string> = {}) {
  const child = spawn(join(server.bin, program), args, spawnOptions(server, env));
  child.stdin?.on('error', () => undefined); // a test can write after the session has ended
  return child;
}

function spawnOptions({directory, user}: Server, env: Record<string, string> = {}) {
  return {cwd: directory, env: {PATH: '/usr/bin:/bin', LC_ALL: 'C', ...env}, ...user};
}

function address({directory, port}: Server): string {
  return `host='${directory}' port=${port}`;
}

async function majorVersion(bin: string): Promise<number> {
  const {stdout} = await runProgram(join(bin, 'postgres'), ['--version']);
  return Number(/\d+/.exec(stdout)?.[0] ?? 0);
}

async function list(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') {
    throw new Error('no port');
  }
  return address.port;
}
