import {access, mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {
  eventually,
  exampleRules,
  isRunning,
  linkTools,
  runScript,
  startScript,
  temporaryDirectory,
  writeEarlyTermination,
  writeExecutable,
} from '../../helpers/processes/run-script.ts';
import {findPostgres, type Postgres, type Session, startPostgres} from '../../helpers/servers/postgres.ts';

const script = '.github/remediations/close-stale-connections.sh';
const bin = await findPostgres();
const describeWithPostgres = bin === undefined ? describe.skip : describe;
const reason = bin === undefined ? ' (skipped: PostgreSQL 14 or later is not installed)' : '';

let tools: Awaited<ReturnType<typeof temporaryDirectory>>;
let root: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  tools = await temporaryDirectory();
  await linkTools(tools.path, ['bash', 'cat', 'sed', 'sleep']);
});
afterAll(() => tools.remove());
beforeEach(async () => {
  ({path: root, remove} = await temporaryDirectory());
  await mkdir(join(root, 'bin'));
  await mkdir(join(root, 'workspace'));
});
afterEach(() => remove());

describe('the call of psql', () => {
  // Records its arguments, its password and its input.
  const fakePsql = `#!/usr/bin/env bash
here=\${0%/*}
printf '%s\\0' "$@" >"$here/args"
printf '%s' "\${PGPASSWORD-none}" >"$here/password"
printf '%s %s' "$PGAPPNAME" "$PGCONNECT_TIMEOUT" >"$here/env"
cat >"$here/input"
if [[ -f $here/hangs ]]; then
  echo $$ >"$here/pid"
  exec sleep 60
fi
if [[ -f $here/code ]]; then exit "$(<"$here/code")"; fi
`;
  beforeEach(() => writeExecutable(join(root, 'bin/psql'), fakePsql));

  test('uses the defaults, ignores the configuration of the user and never prompts for a password', async () => {
    expect(await closeStale({PGHOST: 'db.internal'})).toMatchObject({code: 0, all: ''});
    expect(await args()).toEqual([
      '--no-psqlrc',
      '--quiet',
      '--no-password',
      '--set=ON_ERROR_STOP=1',
      '--set=VERBOSITY=terse',
      '--set=idle_seconds=300',
      '--set=stalled_seconds=1800',
      '--set=limits=idle in transaction for 5m or longer, or with a query running for 30m or longer',
      '--set=most=20',
      '--set=keep=pg_dump,pg_basebackup',
      '--set=all_databases=false',
      '--set=superusers=false',
      '--set=dry_run=false',
    ]);
    expect(await read('bin/env')).toBe('port-reactor 10');
    expect(await read('bin/password')).toBe('none');
  });

  test.each([
    [{IDLE_LIMIT: '90s', STALLED_LIMIT: '1h'}, 90, 3600],
    [{IDLE_LIMIT: '08m', STALLED_LIMIT: '2m'}, 480, 120],
    [{IDLE_LIMIT: '0s', STALLED_LIMIT: 'off'}, 0, ''],
    [{IDLE_LIMIT: '1h', STALLED_LIMIT: '0'}, 3600, ''],
    [{STALLED_LIMIT: '0s'}, 300, ''],
  ])('passes the durations of %j in seconds', async (env, idle, stalled) => {
    expect(await closeStale({PGHOST: 'db', ...env})).toMatchObject({code: 0});
    expect(await args()).toEqual(
      expect.arrayContaining([`--set=idle_seconds=${idle}`, `--set=stalled_seconds=${stalled}`]),
    );
  });

  test.each([
    [
      'postgresql://reactor:p%40s%2Fs%25%5C:x@db:5432/orders?sslmode=require',
      'p@s/s%\\:x',
      'reactor@db:5432/orders?sslmode=require',
    ],
    ['postgres://reactor:a\\nb?c#d@db/orders', 'a\\nb?c#d', 'reactor@db/orders'],
    ['postgresql://reactor:@db/orders', '', 'reactor@db/orders'],
    ['postgresql://reactor@db/orders', 'none', 'reactor@db/orders'],
    ['postgresql://:secret@a:1,[::1]:2/orders', 'secret', '@a:1,[::1]:2/orders'],
    ['postgresql:///orders?host=/run/postgresql', 'none', '/orders?host=/run/postgresql'],
  ])('keeps the password of %s off the command line', async (url, password, rest) => {
    expect(await closeStale({DATABASE_URL: url})).toMatchObject({code: 0, all: ''});
    expect((await args())[0]).toMatch(/^--dbname=postgres(ql)?:\/\//);
    expect((await args())[0]?.replace(/^.*?:\/\//, '')).toBe(rest);
    expect(await read('bin/password')).toBe(password);
  });

  test('uses the variable that DATABASE_URL_FROM names, for one rule per database', async () => {
    const env = {
      DATABASE_URL_FROM: 'ORDERS_URL',
      ORDERS_URL: 'postgresql://orders',
      DATABASE_URL: 'postgresql://other',
    };
    expect(await closeStale(env)).toMatchObject({code: 0});
    expect((await args())[0]).toBe('--dbname=postgresql://orders');
  });

  test.each([
    ['a slash in the password', 'postgresql://reactor:hunter2/x@db/orders'],
    ['an at sign in the password', 'postgresql://reactor:hunter2@x@db/orders'],
    ['an invalid escape in the password', 'postgresql://reactor:hunter2%x@db/orders'],
    ['a NUL in the password', 'postgresql://reactor:hunter2%00@db/orders'],
    ['a password in the query', 'postgresql://db/orders?user=x&password=hunter2'],
    ['another scheme', 'mysql://reactor:hunter2@db/orders'],
    ['keywords', 'host=db password=hunter2'],
    ['a flag', '--command=hunter2'],
    ['white space', 'postgresql://reactor:hunter2@db/orders\n\\! touch pwned'],
  ])('is refused for a URL with %s, and the message does not quote it', async (_, url) => {
    const run = await closeStale({DATABASE_URL: url});
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('The database URL must read postgresql://user:password@host:5432/database');
    expect(run.all).not.toContain('hunter2');
    await expectNotCalled();
  });

  const invalid: Record<string, string>[] = [
    ...['5', 'm', '-5m', '1d', '1.5h', '5m; drop', '123456s', '$(touch pwned)s'].flatMap(value => [
      {IDLE_LIMIT: value},
      {STALLED_LIMIT: value},
    ]),
    {IDLE_LIMIT: 'off'},
    ...['0', '-1', 'all', '1;2', '10000'].map(value => ({MAX_TERMINATIONS: value})),
    ...['ALL_DATABASES', 'INCLUDE_SUPERUSERS', 'DRY_RUN'].map(name => ({[name]: 'yes'})),
    {DATABASE_URL_FROM: 'ORDERS URL'},
    {DATABASE_URL_FROM: 'x[$(touch pwned)]'},
    {DATABASE_URL_FROM: 'ORDERS_URL'},
  ];
  test.each(invalid)('is refused for %j', async env => {
    const run = await closeStale({PGHOST: 'db', ...env});
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(
      new RegExp(Object.keys(env)[0] === 'DATABASE_URL_FROM' ? 'URL' : String(Object.keys(env)[0])),
    );
    await expectNotCalled();
  });

  test('is refused without a database, because psql would use the local one', async () => {
    const run = await closeStale({PGUSER: 'reactor', PGDATABASE: 'orders'});
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/^No database is named: add DATABASE_URL.*remediate\.pass of the rule\.\n$/);
    await expectNotCalled();
  });

  test('never puts text of the change on the command line or into the SQL', async () => {
    const text = `$(touch pwned);'"<!channel> ##[set-output name=x]y \\! touch pwned`;
    const names = ['RULE', 'ENTITY', 'TITLE', 'BLUEPRINT', 'PROPERTY', 'FROM', 'TO', 'AT', 'CHANGE_PATH'];
    const hostile = Object.fromEntries(names.map(name => [`REACTOR_${name}`, text]));
    expect(await closeStale({PGHOST: 'db', ...hostile})).toMatchObject({code: 0, all: ''});
    expect(`${await args()}${await read('bin/input')}`).not.toContain('pwned');
    expect(await readdir(join(root, 'workspace'))).toEqual([]);
  });

  test.each([
    ['2', 'No connection to the database'],
    ['3', 'The database returned an error, or a session did not end'],
  ])('fails and reports the cause if psql exits with %s', async (code, message) => {
    await writeFile(join(root, 'bin/code'), code);
    const run = await closeStale({PGHOST: 'db'});
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(message);
  });

  test('is ended when the script gets SIGTERM', async () => {
    await writeFile(join(root, 'bin/hangs'), '');
    const {child, finished} = startScript(script, {env: {PATH: path(), PGHOST: 'db'}, cwd: join(root, 'workspace')});
    const pid = await eventually('psql hangs', async () => Number(await read('bin/pid')));
    child.kill('SIGTERM');
    const run = await finished;
    expect(run.code).toBe(143);
    expect(run.stderr).toBe('Stopped before the script finished: some sessions may have been ended.\n');
    await eventually('psql is gone', async () => !isRunning(pid));
  });

  test('is ended when the script gets SIGTERM just after it started psql', async () => {
    await writeFile(join(root, 'bin/hangs'), '');
    const run = await closeStale({PGHOST: 'db', BASH_ENV: await writeEarlyTermination(root)});
    expect(run.code).toBe(143);
    expect(isRunning(Number(await read('started')))).toBe(false);
  }, 30_000);
});

test('the example in its header is a valid rules file', async () => {
  const text = await exampleRules(script);
  expect(text).toContain(`run: ${script}`);
  expect(() => parseRules(text, 'header.yml', () => true)).not.toThrow();
});

test('reports that psql is not installed', async () => {
  const run = await closeStale({PGHOST: 'db'});
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(/^psql is not installed here: .*postgresql-client\n$/);
});

describeWithPostgres(`against a real PostgreSQL${reason}`, () => {
  let postgres: Postgres;
  const password = 'p@ss/w%rd:\\x';

  beforeAll(async () => {
    postgres = await startPostgres(String(bin));
    await postgres.query(`
      CREATE ROLE app LOGIN;
      CREATE ROLE streamer LOGIN REPLICATION;
      CREATE ROLE reactor LOGIN PASSWORD '${password}';
      GRANT pg_signal_backend, pg_read_all_stats TO reactor;`);
    await postgres.query('CREATE DATABASE other');
  }, 30_000);
  afterAll(() => postgres?.stop());
  beforeEach(() => writeExecutable(join(root, 'bin/psql'), `#!/usr/bin/env bash\nexec "${bin}/psql" "$@"\n`));
  afterEach(() => postgres.closeSessions());

  test('ends exactly the stale sessions', async () => {
    const stale = {
      'a transaction left open': await idleInTransaction(),
      'an aborted transaction left open': await opened(
        {user: 'app'},
        'BEGIN; SELECT 1/0;',
        'idle in transaction (aborted)',
      ),
      'a transaction of an application without a name': await idleInTransaction({application: ''}),
      'a stalled query': await sleeping(),
      'a stalled query with a parallel worker': await sleepingInParallel(),
    };
    const others = {
      'an idle session': await opened({user: 'app'}, 'SELECT 1;', 'idle'),
      'a backup': await idleInTransaction({application: 'pg_dump'}),
      'a base backup': await idleInTransaction({application: 'pg_basebackup'}),
      'a superuser': await idleInTransaction({user: 'postgres'}),
      'another database': await idleInTransaction({database: 'other'}),
      'a replica': await postgres.openReplica('streamer'),
      'a replication session with a transaction': await idleInTransaction({user: 'streamer', replication: 'database'}),
      'a session that uses a replication slot': await usesReplicationSlot(),
    };
    await eventually('two walsenders and a parallel worker are connected', async () => {
      const kinds = await postgres.query(`SELECT backend_type, count(*) FROM pg_stat_activity
        WHERE backend_type IN ('walsender', 'parallel worker') GROUP BY 1 ORDER BY 1`);
      return kinds === 'parallel worker|1\nwalsender|2';
    });
    for (const session of [
      stale['a stalled query'],
      stale['a stalled query with a parallel worker'],
      others['a replica'],
      others['a session that uses a replication slot'],
    ]) {
      await postgres.reached(session.pid, 'active', 1);
    }

    const run = await reactor({IDLE_LIMIT: '0s', STALLED_LIMIT: '1s'});
    expect(run).toMatchObject({code: 0, stderr: ''});
    expect(run.stdout).toMatch(
      /^Ended 5 stale sessions in database postgres: idle in transaction for 0s or longer, or with a query running for 1s or longer\.$/m,
    );
    expect(await connected(stale)).toEqual([]);
    expect(await connected(others)).toEqual(Object.keys(others));
  });

  test('does not end sessions younger than the limits', async () => {
    const sessions = {idle: await idleInTransaction(), active: await sleeping()};
    const run = await reactor({});
    expect(run).toMatchObject({
      code: 0,
      stdout:
        'Nothing was ended: no session in database postgres is idle in transaction for 5m or longer, or with a query running for 30m or longer.\n',
    });
    expect(await connected(sessions)).toEqual(['idle', 'active']);
  });

  test('never ends a query with STALLED_LIMIT: off', async () => {
    const sessions = {active: await sleeping()};
    expect((await reactor({IDLE_LIMIT: '1s', STALLED_LIMIT: 'off'})).stdout).toMatch(
      /^Nothing was ended.* for 1s or longer\.\n$/,
    );
    expect(await connected(sessions)).toEqual(['active']);
  });

  test('never ends its own session, even with a limit of zero', async () => {
    await shimPsql('exec "$psql" "$@" --set=stalled_seconds=0');
    const sessions = {active: await sleeping()};
    const run = await reactor({});
    expect(run).toMatchObject({code: 0, stderr: ''});
    expect(run.stdout).toMatch(new RegExp(`^ *${sessions.active.pid} .*ended\n\nEnded 1 stale session in `, 'm'));
    expect(run.stdout.match(/select/gi)).toHaveLength(1); // the table has one row
    expect(await connected(sessions)).toEqual([]);
  });

  test('prints a table without literals, multi-line text or workflow commands', async () => {
    const session = await opened(
      {user: 'app', application: '##[set-output name=x]y'},
      `BEGIN; SELECT 1\n AS "${'x'.repeat(100)}"; UPDATE pg_class\n\tSET relname = 'hunter2' WHERE false;`,
      'idle in transaction (aborted)',
    );
    const dollars = await opened(
      {user: 'app'},
      'BEGIN; SELECT 1 AS one, $pw$hunter2$pw$ AS two;',
      'idle in transaction',
    );
    const run = await reactor({IDLE_LIMIT: '0s'});
    const rows = run.stdout.split('\n').map(line => line.split('|').map(cell => cell.trim()));
    expect(rows[0]).toEqual(['pid', 'user', 'application', 'state', 'age', 'query', 'result']);
    expect(rows).toContainEqual([
      String(session.pid),
      'app',
      '## [set-output name=x]y',
      'idle in transaction (aborted)',
      expect.stringMatching(/^00:00:0\d$/),
      'UPDATE pg_class SET relname =',
      'ended',
    ]);
    expect(rows).toContainEqual(expect.arrayContaining([String(dollars.pid), 'SELECT 1 AS one,', 'ended']));
    expect(run.all).not.toContain('hunter2');
    expect(run.all).not.toContain('##[');
  });

  test('ends the oldest MAX_TERMINATIONS sessions and reports how many are left', async () => {
    const sessions = {
      oldest: await idleInTransaction(),
      older: await idleInTransaction(),
      young: await idleInTransaction(),
      younger: await idleInTransaction(),
    };
    const run = await reactor({IDLE_LIMIT: '0s', MAX_TERMINATIONS: '2'});
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/Ended 2 stale sessions .* 2 more were not ended, because MAX_TERMINATIONS is 2\.\n$/);
    expect(await connected(sessions)).toEqual(['young', 'younger']);
  });

  test('in a dry run, lists sessions and does not end them', async () => {
    const sessions = {idle: await idleInTransaction()};
    const run = await reactor({IDLE_LIMIT: '0s', DRY_RUN: 'true'});
    expect(run.stdout).toMatch(
      new RegExp(`^ *${sessions.idle.pid} .*would be ended\n\nWould end 1 stale session in `, 'm'),
    );
    expect(await connected(sessions)).toEqual(['idle']);
  });

  test('ends sessions of other databases with ALL_DATABASES', async () => {
    const sessions = {other: await idleInTransaction({database: 'other'})};
    expect((await reactor({IDLE_LIMIT: '0s', ALL_DATABASES: 'true'})).stdout).toContain(
      'Ended 1 stale session in all databases',
    );
    expect(await connected(sessions)).toEqual([]);
  });

  test('ends sessions of superusers with INCLUDE_SUPERUSERS, if its role is one', async () => {
    const sessions = {superuser: await idleInTransaction({user: 'postgres'})};
    const env = {IDLE_LIMIT: '0s', INCLUDE_SUPERUSERS: 'true'};
    const refused = await reactor(env);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('INCLUDE_SUPERUSERS requires a superuser, which role reactor is not');
    expect(await connected(sessions)).toEqual(['superuser']);

    expect((await closeStale({...libpq('postgres'), ...env})).stdout).toContain('Ended 1 stale session');
    expect(await connected(sessions)).toEqual([]);
  });

  test.each([
    [' my batch , x', 'my batch'],
    [`x'); DROP TABLE precious; --,y`, 'y'],
    ['##[set-output name=x]y', '##[set-output name=x]y'],
  ])('never ends the applications of KEEP_APPLICATIONS: %j', async (keep, application) => {
    await postgres.query('CREATE TABLE IF NOT EXISTS precious ()');
    const sessions = {
      kept: await idleInTransaction({application}),
      other: await idleInTransaction({application: 'pg_dump'}),
    };
    expect(await reactor({IDLE_LIMIT: '0s', KEEP_APPLICATIONS: keep})).toMatchObject({code: 0, stderr: ''});
    expect(await connected(sessions)).toEqual(['kept']);
    expect(await postgres.query("SELECT to_regclass('precious')")).toBe('precious');
  });

  test('ends every application if KEEP_APPLICATIONS is empty, including those without a name', async () => {
    const sessions = {
      unnamed: await idleInTransaction({application: ''}),
      dump: await idleInTransaction({application: 'pg_dump'}),
    };
    expect(await reactor({IDLE_LIMIT: '0s', KEEP_APPLICATIONS: ''})).toMatchObject({code: 0, stderr: ''});
    expect(await connected(sessions)).toEqual([]);
  });

  test('does not end a session that continued after it was listed', async () => {
    // The script waits before its second step until the test creates the file `go`.
    await shimPsql(
      `sed '/^-- 2\\./i\\\\\\\\! echo >"${root}/listed"; until [ -e "${root}/go" ]; do sleep 0.01; done' | "$psql" "$@"`,
    );
    const sessions = {busy: await idleInTransaction(), stale: await idleInTransaction()};
    const running = reactor({IDLE_LIMIT: '0s'});
    await eventually('the script has listed the sessions', () =>
      access(join(root, 'listed')).then(
        () => true,
        () => false,
      ),
    );
    sessions.busy.send('SELECT 2;');
    await eventually(
      'the session has continued',
      async () =>
        (await postgres.query(`SELECT query FROM pg_stat_activity WHERE pid = ${sessions.busy.pid}`)) === 'SELECT 2;',
    );
    await postgres.reached(sessions.busy.pid, 'idle in transaction');
    await writeFile(join(root, 'go'), '');
    const run = await running;
    expect(run).toMatchObject({code: 0, stderr: ''});
    expect(run.stdout).toMatch(new RegExp(`^ *${sessions.busy.pid} .*no longer stale$`, 'm'));
    expect(run.stdout).toContain('Ended 1 stale session in');
    expect(await connected(sessions)).toEqual(['busy']);
  });

  test('fails if a session does not end', async () => {
    const {pid} = await idleInTransaction();
    process.kill(pid, 'SIGSTOP'); // behaves like a session that hangs in the kernel
    try {
      const run = await reactor({IDLE_LIMIT: '0s'});
      expect(run.code).toBe(1);
      expect(run.stdout).toMatch(new RegExp(`^ *${pid} .*DID NOT END\n\nEnded 0 stale sessions in `, 'm'));
      expect(run.stderr).toContain('not every session ended within a second');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });

  test('refuses a role that cannot see the sessions of others', async () => {
    const sessions = {idle: await idleInTransaction()};
    for (const grant of ['', 'GRANT pg_signal_backend TO blind', 'GRANT pg_read_all_stats TO seeing']) {
      await postgres.query(
        `DROP ROLE IF EXISTS blind, seeing; CREATE ROLE blind LOGIN; CREATE ROLE seeing LOGIN; ${grant}`,
      );
      const role = grant.endsWith('seeing') ? 'seeing' : 'blind';
      const run = await closeStale({...libpq(role), IDLE_LIMIT: '0s'});
      expect(run).toMatchObject({code: 1, stdout: ''});
      expect(run.stderr).toContain(`GRANT pg_signal_backend, pg_read_all_stats TO ${role}`);
    }
    expect(await connected(sessions)).toEqual(['idle']);
  });

  test('does not run functions that another user put into the search path', async () => {
    await postgres.query(`
      CREATE SCHEMA evil;
      GRANT USAGE ON SCHEMA evil TO PUBLIC;
      CREATE FUNCTION evil."left"(text, int) RETURNS text LANGUAGE sql AS $$SELECT 'HIJACKED'$$;
      ALTER ROLE reactor SET search_path = evil, pg_catalog`);
    try {
      await idleInTransaction();
      const run = await reactor({IDLE_LIMIT: '0s'});
      expect(run.stdout).toContain('Ended 1 stale session');
      expect(run.stdout).not.toContain('HIJACKED');
    } finally {
      await postgres.query('ALTER ROLE reactor RESET search_path');
    }
  });

  test('never prints the password, even if it is incorrect', async () => {
    const refused = await closeStale({DATABASE_URL: url('hunter2')});
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/password authentication failed[\s\S]*No connection to the database/);
    expect(refused.all).not.toContain('hunter2');

    const accepted = await reactor({});
    expect(accepted.code).toBe(0);
    expect(accepted.all).not.toContain(password);
  });

  const url = (secret: string) =>
    `postgresql://reactor:${encodeURIComponent(secret)}@127.0.0.1:${postgres.port}/postgres`;
  const libpq = (user: string) => ({
    PGHOST: postgres.directory,
    PGPORT: String(postgres.port),
    PGUSER: user,
    PGDATABASE: 'postgres',
  });
  const reactor = (env: Record<string, string>) => closeStale({DATABASE_URL: url(password), ...env});
  const shimPsql = (line: string) =>
    writeExecutable(join(root, 'bin/psql'), `#!/usr/bin/env bash\npsql="${bin}/psql"\n${line}\n`);

  type Options = Parameters<Postgres['openSession']>[0];
  async function opened(options: Options, sql: string, state: string): Promise<Session> {
    const session = await postgres.openSession(options);
    session.send(sql);
    await postgres.reached(session.pid, state);
    return session;
  }
  const idleInTransaction = (options: Options = {}) =>
    opened({user: 'app', ...options}, 'BEGIN; SELECT 1;', 'idle in transaction');
  const sleeping = () => opened({user: 'app'}, 'SELECT pg_sleep(600);', 'active');
  async function sleepingInParallel(): Promise<Session> {
    const version = Number(await postgres.query('SHOW server_version_num'));
    const setting = version >= 160_000 ? 'debug_parallel_query' : 'force_parallel_mode';
    return opened({user: 'app'}, `SET ${setting} = on; SELECT pg_sleep(600);`, 'active');
  }
  /** Creating a logical slot waits for older transactions, here for the transaction of the backup. */
  async function usesReplicationSlot(): Promise<Session> {
    await opened({user: 'app', application: 'pg_dump'}, 'BEGIN; SELECT pg_current_xact_id();', 'idle in transaction');
    const create = "SELECT pg_create_logical_replication_slot('slot', 'pgoutput', true);";
    const session = await opened({user: 'streamer'}, create, 'active');
    await eventually(
      'the session holds the slot',
      async () => (await postgres.query('SELECT active_pid FROM pg_replication_slots')) === String(session.pid),
    );
    return session;
  }

  /** The names of the sessions that are still connected. */
  async function connected(sessions: Record<string, Session>): Promise<string[]> {
    const named = Object.entries(sessions);
    const alive = await Promise.all(named.map(([, session]) => postgres.isConnected(session.pid)));
    return named.filter((_, index) => alive[index]).map(([name]) => name);
  }
});

function path(): string {
  return `${join(root, 'bin')}:${tools.path}`;
}

function closeStale(env: Record<string, string>) {
  return runScript(script, {env: {PATH: path(), ...env}, cwd: join(root, 'workspace')});
}

async function read(name: string): Promise<string> {
  return readFile(join(root, name), 'utf8').catch(() => '');
}

async function args(): Promise<string[]> {
  return (await read('bin/args')).split('\0').slice(0, -1);
}

async function expectNotCalled(): Promise<void> {
  expect(await readdir(join(root, 'bin'))).toEqual(['psql']);
  expect(await readdir(join(root, 'workspace'))).toEqual([]);
}
