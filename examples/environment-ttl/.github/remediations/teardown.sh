#!/usr/bin/env bash
# Removes a preview environment: its Kubernetes namespace, which has the name of the entity.
#
# Only namespaces that start with PREFIX are removed, and only if they have the label port-reactor/teardown=allowed: the identifier is
# text of the catalog, and a person who can edit the catalog must not be able to name another namespace.
#
#   PREFIX           what the name must start with          preview-
#   KUBECONFIG_DATA  the kubeconfig. It needs `get` and `delete` on namespaces
#   DRY_RUN          true: only say what would be removed   false
#
# Exit codes: 0 removed, or already gone; 1 the cluster refused; 2 a setting or the name is wrong; 3 the label is missing.
set -euo pipefail

fail() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

entity=${1:-} prefix=${PREFIX:-preview-}
[[ $entity =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ ]] || fail 2 'The identifier of the entity is not the name of a namespace. Nothing was removed.'
[[ $entity == "$prefix"* ]] || fail 2 "$entity does not start with $prefix. Nothing was removed."
command -v kubectl >/dev/null || fail 2 'kubectl is missing on this runner. ubuntu-24.04 has it.'

if [[ -n ${KUBECONFIG_DATA:-} ]]; then
  KUBECONFIG=$(mktemp)
  export KUBECONFIG
  trap 'rm -f "$KUBECONFIG"' EXIT
  printf '%s' "$KUBECONFIG_DATA" >"$KUBECONFIG"
fi

name=$(kubectl get namespace "$entity" --ignore-not-found --output name) || fail 1 "Could not read the namespace $entity."
[[ -n $name ]] || { echo "The namespace $entity is already gone."; exit 0; }
allowed=$(kubectl get namespace "$entity" --output 'jsonpath={.metadata.labels.port-reactor/teardown}') || fail 1 "Could not read the labels of $entity."
[[ $allowed == allowed ]] || fail 3 "$entity has no label port-reactor/teardown=allowed. Nothing was removed."
[[ ${DRY_RUN:-false} == false ]] || { echo "Would remove the namespace $entity."; exit 0; }
kubectl delete namespace "$entity" --wait=false || fail 1 "The cluster refused to remove $entity."
