#!/usr/bin/env bash
# Keeps new pods away from a node. `kubectl uncordon` undoes it.
# Needs a kubeconfig in KUBECONFIG_DATA that may `get, patch` nodes.
# Exit codes: 0 cordoned; 1 the cluster refused; 2 kubectl is missing, or the name is wrong.
set -euo pipefail

fail() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

node=${1:-}
[[ $node =~ ^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$ ]] || fail 2 'The identifier of the entity is not the name of a node. Nothing was done.'
command -v kubectl >/dev/null || fail 2 'kubectl is missing on this runner. ubuntu-24.04 has it.'
if [[ -n ${KUBECONFIG_DATA:-} ]]; then
  KUBECONFIG=$(mktemp)
  export KUBECONFIG
  trap 'rm -f "$KUBECONFIG"' EXIT
  printf '%s' "$KUBECONFIG_DATA" >"$KUBECONFIG"
fi
kubectl cordon "$node" || fail 1 "The cluster refused to cordon $node."
