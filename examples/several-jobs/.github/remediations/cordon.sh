#!/usr/bin/env bash
# Cordons a node, so that no new pods are scheduled on it. `kubectl uncordon` undoes this.
# Requires a kubeconfig in KUBECONFIG_DATA that can `get, patch` nodes.
# Exit codes: 0 cordoned; 1 the cluster refused; 2 kubectl is missing, or the name is invalid.
set -euo pipefail

fail() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

node=${1:-}
[[ $node =~ ^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$ ]] || fail 2 'The identifier of the entity is not a valid node name. Nothing was done.'
command -v kubectl >/dev/null || fail 2 'kubectl is not installed on this runner. ubuntu-24.04 includes it.'
if [[ -n ${KUBECONFIG_DATA:-} ]]; then
  KUBECONFIG=$(mktemp)
  export KUBECONFIG
  trap 'rm -f "$KUBECONFIG"' EXIT
  printf '%s' "$KUBECONFIG_DATA" >"$KUBECONFIG"
fi
kubectl cordon "$node" || fail 1 "The cluster refused to cordon $node."
