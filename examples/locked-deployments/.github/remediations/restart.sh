#!/usr/bin/env bash
# Restarts the Kubernetes Deployment of a catalog entity, and waits until it is ready.
#
# A line of deployments.map, in the same folder, names the Deployment. It is never derived from catalog text.
# Requires kubectl, and a KUBECONFIG that can `get, list, watch, patch` deployments.
#
# Exit codes: 0 restarted and ready; 1 the cluster refused; 2 kubectl or the mapping is missing; 4 restarted, but not ready in time.
set -euo pipefail

fail() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

map=${RESTART_MAP:-.github/remediations/deployments.map}
[[ -r $map ]] || fail 2 "$map is missing. Write one line for each entity: <entity> <namespace>/<deployment>"
command -v kubectl >/dev/null || fail 2 'kubectl is not installed on this runner. ubuntu-24.04 includes it.'

target=''
while read -r entity place; do
  [[ $entity == "${REACTOR_ENTITY:-}" && -n $entity ]] && target=$place
done < <(grep -v '^[[:space:]]*#' "$map")
[[ $target =~ ^[a-z0-9-]+/[a-z0-9.-]+$ ]] || fail 2 "$map has no line \"<entity> <namespace>/<deployment>\" for this entity. Add one. Nothing was restarted."

namespace=${target%%/*} deployment=${target#*/}
kubectl rollout restart "deployment/$deployment" --namespace "$namespace" || fail 1 "The cluster refused to restart $target."
kubectl rollout status "deployment/$deployment" --namespace "$namespace" --timeout 120s || fail 4 "$target was restarted, but it was not ready after 120 s."
