#!/usr/bin/env bash
# Removes a preview environment: the Kubernetes namespace that has the same name as the entity.
#
# The name is catalog text, and anyone who can edit the catalog controls it. So the script removes a namespace only if its name starts
# with PREFIX and it has the label port-reactor/teardown=allowed.
#
#   Variable         Meaning                                                        Default
#   PREFIX           the start of the name                                          preview-
#   KUBECONFIG_DATA  the kubeconfig. Requires `get` and `delete` on namespaces
#   DRY_RUN          true: only print what would be removed                         false
#
# Exit codes: 0 removed, or already gone; 1 the cluster refused; 2 kubectl is missing, or the name is invalid; 3 the label is missing.
set -euo pipefail

fail() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

entity=${1:-} prefix=${PREFIX:-preview-}
[[ $entity =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ ]] || fail 2 'The identifier of the entity is not a valid namespace name. Nothing was removed.'
[[ $entity == "$prefix"* ]] || fail 2 "$entity does not start with $prefix. Nothing was removed."
command -v kubectl >/dev/null || fail 2 'kubectl is not installed on this runner. ubuntu-24.04 includes it.'

if [[ -n ${KUBECONFIG_DATA:-} ]]; then
  KUBECONFIG=$(mktemp)
  export KUBECONFIG
  trap 'rm -f "$KUBECONFIG"' EXIT
  printf '%s' "$KUBECONFIG_DATA" >"$KUBECONFIG"
fi

name=$(kubectl get namespace "$entity" --ignore-not-found --output name) || fail 1 "Could not read the namespace $entity."
[[ -n $name ]] || { echo "The namespace $entity is already gone."; exit 0; }
allowed=$(kubectl get namespace "$entity" --output 'jsonpath={.metadata.labels.port-reactor/teardown}') || fail 1 "Could not read the labels of $entity."
[[ $allowed == allowed ]] || fail 3 "$entity does not have the label port-reactor/teardown=allowed. Nothing was removed."
[[ ${DRY_RUN:-false} == false ]] || { echo "Would remove the namespace $entity."; exit 0; }
kubectl delete namespace "$entity" --wait=false || fail 1 "The cluster refused to remove $entity."
