/** Fakes of kubectl and psql. They print what a real cluster and server would print to the remediation scripts. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/** Supports the calls of scale-up.sh: one Deployment, whose replica count is in a file. */
const KUBECTL = `#!/bin/sh
# Simulated by the Port Reactor demo: there is no cluster.
replicas="\${0%/*}/replicas"
case "$1" in
  get)
    case "$2 $*" in
      horizontalpodautoscalers*) ;; # the demo has no autoscaler
      *availableReplicas*) echo "$(cat "$replicas") $(cat "$replicas")" ;;
      *) cat "$replicas" ;;
    esac
    ;;
  scale)
    for argument in "$@"; do
      case "$argument" in --replicas=*) echo "\${argument#--replicas=}" >"$replicas" ;; esac
    done
    echo "\${2%%/*}.apps/\${2#*/} scaled"
    ;;
  rollout)
    n=$(cat "$replicas")
    sleep 0.5
    echo "Waiting for deployment \\"\${3#*/}\\" rollout to finish: $((n - 1)) of $n updated replicas are available..."
    echo "deployment \\"\${3#*/}\\" successfully rolled out"
    ;;
  *) echo "error: the demo does not support \\"$1\\"" >&2; exit 1 ;;
esac
`;

/** The output of close-stale-connections.sh for a server with three stale sessions. */
const PSQL = `#!/bin/sh
# Simulated by the Port Reactor demo: there is no database.
cat >/dev/null # the script's SQL
sleep 0.3
for argument in "$@"; do
  case "$argument" in --set=limits=*) limits="\${argument#--set=limits=}" ;; esac
done
cat <<'END'
 pid  | user | application |        state        |   age    |     query      | result
------+------+-------------+---------------------+----------+----------------+--------
 4711 | etl  | report-job  | idle in transaction | 00:42:10 | UPDATE orders  | ended
 5120 | shop | checkout    | active              | 00:37:58 | SELECT * FROM  | ended
 5344 | shop | checkout    | idle in transaction | 00:12:03 | SELECT id FROM | ended
END
echo "Ended 3 stale sessions in database orders: $limits."
`;

const REPLICAS_AT_FIRST = 3;

/** Writes the tools into a folder, which must be first in PATH. */
export function writeTools(folder: string): void {
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, 'kubectl'), KUBECTL, {mode: 0o755});
  writeFileSync(join(folder, 'psql'), PSQL, {mode: 0o755});
  writeFileSync(join(folder, 'replicas'), `${REPLICAS_AT_FIRST}\n`);
}
