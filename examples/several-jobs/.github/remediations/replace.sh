#!/usr/bin/env bash
# Drains a failed node and removes it, so that the cluster's autoscaler adds a new one.
# Requires a kubeconfig in KUBECONFIG_DATA that can `get, patch, delete` nodes, `get, list` pods and daemonsets, and `create` evictions.
# Exit codes: 0 removed; 1 the cluster refused; 2 kubectl is missing, or the name is invalid; 3 the node is ready again: nothing was done.
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
ready=$(kubectl get node "$node" --output 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') || fail 1 "Could not read the node $node."
[[ $ready != True ]] || fail 3 "$node is ready again. Nothing was done."
kubectl drain "$node" --ignore-daemonsets --delete-emptydir-data --timeout 300s || fail 1 "The pods of $node could not be moved. The node stays cordoned."
kubectl delete node "$node" || fail 1 "The cluster refused to remove $node."
