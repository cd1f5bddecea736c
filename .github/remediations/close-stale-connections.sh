#!/usr/bin/env bash
# Ends the PostgreSQL sessions that block a database: transactions left open, and queries that never finish.
#
#   rules:
#     - name: orders-db-cpu-high
#       blueprint: database
#       property: cpuUtil
#       above: 80
#       if: change.entity == 'orders-db'          # one rule for each database, because env sets its address
#       remediate:
#         run: .github/remediations/close-stale-connections.sh
#         timeout: 5m
#         pass: [ORDERS_DATABASE_URL]             # a secret in the env of Port Reactor's step
#         env: { DATABASE_URL_FROM: ORDERS_DATABASE_URL, IDLE_LIMIT: 5m, STALLED_LIMIT: 30m }
#
# The address of the database comes from the variable that DATABASE_URL_FROM names, or from DATABASE_URL:
# postgresql://user:password@host:5432/database?sslmode=require. Without these, it comes from the variables of libpq (PGHOST,
# PGUSER, PGPASSWORD, PGSERVICE, …). It is never derived from catalog text.
#
#   Variable            Meaning                                                             Default
#   IDLE_LIMIT          end sessions that are "idle in transaction" for this long           5m
#   STALLED_LIMIT       end queries that have run for this long. off: never                 30m
#   MAX_TERMINATIONS    the maximum number of sessions to end, the oldest first             20
#   KEEP_APPLICATIONS   never end these application_names, separated by commas              pg_dump,pg_basebackup
#   ALL_DATABASES       true: also end sessions of the server's other databases             false
#   INCLUDE_SUPERUSERS  true: also end sessions of superusers                               false
#   DRY_RUN             true: only print what would be ended                                false
#
# It never ends its own session, a replication session, or a server process such as autovacuum.
# Printed queries are truncated at their first literal, because literals can contain passwords and personal data.
# Requires psql, PostgreSQL 14 or later, a direct connection to the server (not to a pooler), and a role with these
# rights: GRANT pg_signal_backend, pg_read_all_stats TO port_reactor;
#
# Exit codes:
#   0    stale sessions were ended, at most MAX_TERMINATIONS, or no session was stale
#   1    the database could not be reached, it returned an error, or a session did not end
#   2    psql or a setting is missing or invalid
#   130  stopped by SIGINT, 143 stopped by SIGTERM: some sessions may have been ended
set -euo pipefail
export LC_ALL=C # [a-z] means these 26 letters

fail() { # fail <exit code> <sentence>
  printf '%s\n' "$2" >&2
  exit "$1"
}

# --- Settings: messages never quote a value, because it could be a misplaced connection string ------------------------
seconds() { # seconds <name> <duration>
  [[ $2 =~ ^([0-9]{1,5})([smh])$ ]] || fail 2 "$1 must be a duration such as 90s, 5m or 1h."
  local factor=1
  case ${BASH_REMATCH[2]} in m) factor=60 ;; h) factor=3600 ;; esac
  printf '%s' $((10#${BASH_REMATCH[1]} * factor))
}

idle=${IDLE_LIMIT:-5m} stalled=${STALLED_LIMIT:-30m} most=${MAX_TERMINATIONS:-20}
idle_seconds=$(seconds IDLE_LIMIT "$idle")
stalled_seconds='' # off
limits="idle in transaction for $idle or longer"
if [[ ! $stalled =~ ^(off|0+[smh]?)$ ]]; then
  stalled_seconds=$(seconds STALLED_LIMIT "$stalled")
  limits+=", or with a query running for $stalled or longer"
fi
[[ $most =~ ^[1-9][0-9]{0,3}$ ]] || fail 2 'MAX_TERMINATIONS must be a number from 1 to 9999.'
for name in ALL_DATABASES INCLUDE_SUPERUSERS DRY_RUN; do
  [[ ${!name:-false} =~ ^(true|false)$ ]] || fail 2 "$name must be true or false."
done

# --- Connection -------------------------------------------------------------------------------------------------------
url=${DATABASE_URL:-}
if [[ -n ${DATABASE_URL_FROM:-} ]]; then
  [[ $DATABASE_URL_FROM =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || fail 2 'DATABASE_URL_FROM must be the name of a variable.'
  url=${!DATABASE_URL_FROM:-}
  [[ -n $url ]] ||
    fail 2 "$DATABASE_URL_FROM is not set: add it to the env of Port Reactor's step and to remediate.pass of the rule."
fi
[[ -n $url${PGHOST:-}${PGHOSTADDR:-}${PGSERVICE:-} ]] ||
  fail 2 "No database is named: add DATABASE_URL (or PGHOST, PGUSER, PGPASSWORD, …) to the env of Port Reactor's step, \
and the names of these variables to remediate.pass of the rule."
command -v psql >/dev/null ||
  fail 2 "psql is not installed here: before Port Reactor's step, add a step that runs: sudo apt-get install -y postgresql-client"

if [[ -n $url ]]; then
  # The password is passed in the environment, because every user of the machine can read command lines. An address of another
  # form is refused, because libpq quotes invalid input in its errors.
  shape='^(postgres(ql)?://)(([^:/@[:space:]]*)(:([^/@[:space:]]*))?@)?([^@[:space:]]*)$'
  escapes='%([^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$|00)'
  [[ $url =~ $shape && ${BASH_REMATCH[7]} != *password=* && ! ${BASH_REMATCH[6]} =~ $escapes && $url =~ $shape ]] ||
    fail 2 "The database URL must read postgresql://user:password@host:5432/database. In the password, write % as %25, \
@ as %40 and / as %2F."
  if [[ -n ${BASH_REMATCH[5]} ]]; then
    secret=${BASH_REMATCH[6]//\\/\\\\}
    PGPASSWORD=$(printf '%b' "${secret//%/\\x}")
    export PGPASSWORD
  fi
  url=${BASH_REMATCH[1]}${BASH_REMATCH[3]:+${BASH_REMATCH[4]}@}${BASH_REMATCH[7]}
fi
export PGAPPNAME=port-reactor PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-10}"

# --- Find the stale sessions, end them, report ------------------------------------------------------------------------
stop() {
  trap '' TERM INT
  local child
  child=$(jobs -p)
  if [[ -n $child ]] && kill "$child" 2>/dev/null; then wait "$child" || true; fi
  fail "$1" 'Stopped before the script finished: some sessions may have been ended.'
}
trap 'stop 143' TERM
trap 'stop 130' INT

# psql runs in the background, so that the script can handle a signal before psql ends.
psql ${url:+"--dbname=$url"} --no-psqlrc --quiet --no-password --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse \
  --set=idle_seconds="$idle_seconds" --set=stalled_seconds="$stalled_seconds" --set=limits="$limits" \
  --set=most="$most" --set=keep="${KEEP_APPLICATIONS-pg_dump,pg_basebackup}" \
  --set=all_databases="${ALL_DATABASES:-false}" --set=superusers="${INCLUDE_SUPERUSERS:-false}" \
  --set=dry_run="${DRY_RUN:-false}" <<'SQL' &
SET search_path = pg_catalog, pg_temp; -- a function of another schema must not replace one that is used here
SET statement_timeout = '60s';
SET client_min_messages = error; -- hides warnings about sessions that have already ended
SET port_reactor.superusers = :'superusers'; -- a DO block cannot read variables of psql
\pset footer off

-- Without these rights, PostgreSQL hides what other sessions do, and no session would seem stale. So the script fails.
DO $$ BEGIN
  IF current_setting('server_version_num')::int < 140000 THEN
    RAISE EXCEPTION 'PostgreSQL 14 or later is required, this server is %', current_setting('server_version');
  ELSIF NOT current_setting('track_activities')::bool THEN
    RAISE EXCEPTION 'track_activities is off, so the server does not report what its sessions do: turn it on';
  ELSIF NOT (pg_has_role('pg_read_all_stats', 'USAGE') AND pg_has_role('pg_signal_backend', 'USAGE')) THEN
    RAISE EXCEPTION 'role % cannot see and end other sessions: GRANT pg_signal_backend, pg_read_all_stats TO %',
      current_user, quote_ident(current_user);
  ELSIF current_setting('port_reactor.superusers')::bool AND NOT current_setting('is_superuser')::bool THEN
    RAISE EXCEPTION 'INCLUDE_SUPERUSERS requires a superuser, which role % is not', current_user;
  END IF;
END $$;

-- 1. Find the stale sessions, the oldest first.
SELECT coalesce(json_agg(s), '[]') AS stale, count(*) > 0 AS found, coalesce(max(total), 0) - count(*) AS more FROM (
  SELECT a.pid, backend_start, state, state_change, a.usename AS "user", a.application_name AS application,
    date_trunc('second', age)::text AS age, count(*) OVER () AS total,
    left(regexp_replace(substring(query, $$^(?:(?!'|\$\w*\$).)*$$), '[[:space:][:cntrl:]]+', ' ', 'g'), 80) AS query
  FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid,
    LATERAL (SELECT clock_timestamp() - CASE state WHEN 'active' THEN query_start ELSE state_change END AS age) l
  WHERE a.pid <> pg_backend_pid()
    AND a.backend_type = 'client backend'
    AND a.pid NOT IN (SELECT pid FROM pg_stat_replication)
    AND a.pid NOT IN (SELECT active_pid FROM pg_replication_slots WHERE active_pid IS NOT NULL)
    AND (a.datname = current_database() OR :'all_databases'::bool)
    AND (NOT r.rolsuper OR :'superusers'::bool)
    AND (a.application_name = '' OR a.application_name <> ALL (regexp_split_to_array(trim(:'keep'), '\s*,\s*')))
    AND (state LIKE 'idle in transaction%' AND age >= make_interval(secs => :'idle_seconds')
      OR state = 'active' AND age >= make_interval(secs => nullif(:'stalled_seconds', '')::int))
  ORDER BY l.age DESC LIMIT :'most'
) s \gset

-- 2. End those that are still in the same state. A session that has continued since step 1 is not interrupted.
SELECT coalesce(array_agg(pid), '{}') AS asked FROM (
  SELECT a.pid, CASE WHEN NOT :'dry_run'::bool THEN pg_terminate_backend(a.pid) END AS sent
  FROM json_to_recordset(:'stale') AS s (pid int, backend_start timestamptz, state text, state_change timestamptz)
  JOIN pg_stat_activity a USING (pid, backend_start, state, state_change)
) t WHERE sent \gset

-- 3. Wait up to a second for each of them, then find those that are still connected.
SELECT count(pg_terminate_backend(a.pid, 1000)) AS awaited
FROM json_to_recordset(:'stale') AS s (pid int, backend_start timestamptz)
JOIN pg_stat_activity a USING (pid, backend_start) WHERE a.pid = ANY (:'asked'::int[]) \gset
SELECT coalesce(array_agg(a.pid), '{}') AS stuck, count(*) > 0 AS any_stuck
FROM json_to_recordset(:'stale') AS s (pid int, backend_start timestamptz)
JOIN pg_stat_activity a USING (pid, backend_start) WHERE a.pid = ANY (:'asked'::int[]) \gset

-- 4. Report. "##[" anywhere in a line would be a command to GitHub's runner.
\if :found
  SELECT pid, "user", application, state, age, query,
    CASE WHEN :'dry_run'::bool THEN 'would be ended' WHEN pid = ANY (:'stuck'::int[]) THEN 'DID NOT END'
      WHEN pid = ANY (:'asked'::int[]) THEN 'ended' ELSE 'no longer stale' END AS result
  FROM json_to_recordset(replace(:'stale', '##[', '## [')::json) AS s
    (pid int, "user" text, application text, state text, age text, query text);
\endif
\pset format unaligned
\pset tuples_only on
SELECT CASE WHEN :'found'::bool
    THEN format('%s %s stale session%s in %s: ', CASE WHEN :'dry_run'::bool THEN 'Would end' ELSE 'Ended' END, n,
      CASE n WHEN 1 THEN '' ELSE 's' END, place)
    ELSE format('Nothing was ended: no session in %s is ', place)
  END || :'limits' || '.'
  || CASE WHEN :more > 0 THEN format(' %s more were not ended, because MAX_TERMINATIONS is %s.', :more, :'most') ELSE '' END
FROM (SELECT CASE WHEN :'all_databases'::bool THEN 'all databases' ELSE 'database ' || current_database() END AS place,
  CASE WHEN :'dry_run'::bool THEN json_array_length(:'stale')
    ELSE cardinality(:'asked'::int[]) - cardinality(:'stuck'::int[]) END AS n) t;
\if :any_stuck
  DO $$ BEGIN RAISE EXCEPTION 'not every session ended within a second: find those marked DID NOT END in pg_stat_activity'; END $$;
\endif
SQL
status=0
wait "$!" || status=$?
case $status in
  0) ;;
  2) fail 1 'No connection to the database: check its address and credentials, and that its firewall allows this runner.' ;;
  *) fail 1 'The database returned an error, or a session did not end: see the message above.' ;;
esac
