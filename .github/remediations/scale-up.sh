#!/usr/bin/env bash
# Adds replicas to the Kubernetes Deployment of a catalog entity, by one step and never above a ceiling.
#
#   rules:
#     - name: deployment-degraded
#       blueprint: deploymentConfig
#       property: healthStatus
#       to: [Degraded, Crashed]
#       remediate:
#         run: .github/remediations/scale-up.sh
#         timeout: 5m
#         cooldown: 15m
#         pass: [KUBECONFIG]      # set by an earlier step of the job, for example azure/k8s-set-context
#         env: { SCALE_STEP: "1", MAX_REPLICAS: "6" }
#
# The Deployment is never derived from catalog text, because anyone who can edit the catalog controls it. Name the Deployment in a
# line of .github/remediations/scale-up.map (`<entity> <namespace>/<deployment>`). For a rule about a single entity
# (`if: change.entity == 'checkout-prod'`), you can set KUBE_NAMESPACE and KUBE_DEPLOYMENT in the rule's `env` instead.
#
#   Variable         Meaning                                         Default
#   SCALE_STEP       replicas to add                                 1
#   MAX_REPLICAS     the ceiling: the maximum number of replicas     10
#   ROLLOUT_TIMEOUT  how long to wait for the replicas. 0: not       60s
#   SCALE_UP_MAP     the mapping file                                .github/remediations/scale-up.map
#   DRY_RUN          true: only print what would be done             false
#
# Requires kubectl, and a KUBECONFIG that can `get, list, watch` deployments, `get, update` deployments/scale, and `list`
# horizontalpodautoscalers. If an autoscaler (HPA) manages the Deployment, the script does nothing, because the autoscaler would
# undo the change. Raise its minReplicas instead.
#
# Exit codes (only 0 counts as success):
#   0    scaled
#   1    the cluster could not be reached, or it refused
#   2    a tool, setting or mapping is missing or invalid
#   3    nothing was done: at the ceiling, scaled to zero, or managed by an autoscaler
#   4    scaled, but the replicas were not ready in time
#   5    scaled, but the number of replicas has changed since
#   130  stopped by SIGINT, 143 stopped by SIGTERM
set -euo pipefail
export LC_ALL=C # [a-z] means these 26 letters

fail() { # fail <exit code> <sentence>
  printf '%s\n' "$2" >&2
  exit "$1"
}

show() { # makes untrusted text safe in a job log: one line, no workflow command such as ##[…]
  local text=${1//[^A-Za-z0-9@_.+:\/\\= $'\x80'-$'\xff'-]/?}
  printf '%s' "${text:0:120}"
}

# --- Settings ---------------------------------------------------------------------------------------------------------
is_count() { [[ $1 =~ ^[1-9][0-9]{0,3}$ ]]; }
step=${SCALE_STEP:-1} ceiling=${MAX_REPLICAS:-10} timeout=${ROLLOUT_TIMEOUT:-60s} dry_run=${DRY_RUN:-false}
is_count "$step" || fail 2 "SCALE_STEP must be a number from 1 to 9999, not \"$(show "$step")\"."
is_count "$ceiling" || fail 2 "MAX_REPLICAS must be a number from 1 to 9999, not \"$(show "$ceiling")\"."
[[ $timeout =~ ^(0|[1-9][0-9]{0,3}[smh])$ ]] ||
  fail 2 "ROLLOUT_TIMEOUT must be a duration such as 60s or 5m, or 0 to skip the wait, not \"$(show "$timeout")\"."
[[ $dry_run =~ ^(true|false)$ ]] || fail 2 "DRY_RUN must be true or false, not \"$(show "$dry_run")\"."

# --- Which Deployment -------------------------------------------------------------------------------------------------
map=${SCALE_UP_MAP:-.github/remediations/scale-up.map}
entity=${REACTOR_ENTITY:-}
target='' origin=''

if [[ -n ${KUBE_NAMESPACE:-}${KUBE_DEPLOYMENT:-} ]]; then
  [[ -n ${KUBE_NAMESPACE:-} && -n ${KUBE_DEPLOYMENT:-} ]] ||
    fail 2 "Only one of KUBE_NAMESPACE and KUBE_DEPLOYMENT is set: set both in remediate.env of the rule, or neither."
  target=$KUBE_NAMESPACE/$KUBE_DEPLOYMENT origin='KUBE_NAMESPACE and KUBE_DEPLOYMENT'
else
  [[ -n $entity ]] || fail 2 "REACTOR_ENTITY is not set. Port Reactor sets it. To run the script by hand: REACTOR_ENTITY=<entity> $0"
  path=$map
  [[ $path == /* ]] || path=${GITHUB_WORKSPACE:-.}/$path
  advice="add the line \"$(show "$entity") <namespace>/<deployment>\" to $(show "$map")"
  [[ -f $path && -r $path ]] || fail 2 "There is no mapping file $(show "$map"): create it and $advice."
  number=0
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    read -r name value rest <<<"${line%$'\r'}" || true
    [[ $name == "$entity" && $name != '#'* ]] || continue
    [[ -z $target ]] || fail 2 "$(show "$map"): line $number maps $(show "$entity") again: keep one of the lines."
    [[ $value == */* && ( -z $rest || $rest == '#'* ) ]] ||
      fail 2 "$(show "$map"): line $number must read \"$(show "$entity") <namespace>/<deployment>\"."
    target=$value origin="$(show "$map"), line $number"
  done <"$path"
  [[ -n $target ]] || fail 2 "No Deployment is known for $(show "$entity"): $advice. Nothing was scaled."
fi

namespace=${target%%/*} deployment=${target#*/}
label='[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?' # DNS-1123: matches neither a flag nor a path
[[ $namespace =~ ^$label$ && ${#deployment} -le 253 && $deployment =~ ^$label(\.$label)*$ ]] ||
  fail 2 "$origin: \"$(show "$target")\" is not <namespace>/<deployment> in lower-case letters, digits, \"-\" and \".\"."

# --- Read, scale, wait ------------------------------------------------------------------------------------------------
command -v kubectl >/dev/null ||
  fail 2 "kubectl is not installed here: before Port Reactor's step, add a step with azure/setup-kubectl and a step that writes \
a KUBECONFIG (azure/k8s-set-context, aws eks update-kubeconfig, …). Add remediate.pass: [KUBECONFIG] to the rule."

progress='before anything was scaled'
work=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/scale-up.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
stop() {
  trap '' TERM INT
  local child
  child=$(jobs -p)
  if [[ -n $child ]] && kill "$child" 2>/dev/null; then wait "$child" || true; fi
  fail "$1" "Stopped $progress."
}
trap 'stop 143' TERM
trap 'stop 130' INT

kube() { # kubectl runs in the background, so that the script can handle a signal before kubectl ends
  kubectl "$@" >"$work/out" 2>"$work/err" </dev/null &
  local status=0
  wait "$!" || status=$?
  cat "$work/err" >&2
  return "$status"
}

refused() { # refused <operation>: adds the fix to the message of kubectl
  local advice effect='Nothing was scaled.'
  case "$(<"$work/err")" in
    *NotFound*) advice="correct $origin, or use the KUBECONFIG of the cluster that runs it" ;;
    *[Ff]orbidden*) advice='grant get, list, watch on deployments and get, update on deployments/scale' ;;
    *'Expected replicas to be'* | *Conflict* | *'has been modified'*) advice='it was scaled by another client at the same time' ;;
    *)
      advice='check that an earlier step writes KUBECONFIG and that remediate.pass names it and all variables that its login requires'
      [[ $1 != scale ]] || effect='Check how many replicas it has now.' # the request may have succeeded, and only its answer was lost
      ;;
  esac
  fail 1 "Could not $1 $target: $advice. $effect"
}

where=("deployment/$deployment" "--namespace=$namespace")
autoscalers='{range .items[*]}{.spec.scaleTargetRef.kind}{"|"}{.spec.scaleTargetRef.name}{"|"}{.metadata.name}{"|"}'
autoscalers+='{.spec.minReplicas}{"|"}{.spec.maxReplicas}{"\n"}{end}'
kube get "${where[@]}" '--output=jsonpath={.spec.replicas}' --request-timeout=20s ||
  refused read
now=$(<"$work/out")
[[ $now =~ ^(0|[1-9][0-9]{0,5})$ ]] || fail 1 "Could not read the replicas of $target: kubectl printed \"$(show "$now")\", which is not a number. Nothing was scaled."
[[ $now != 0 ]] || fail 3 "$target is scaled to zero, probably on purpose: nothing was done."
((now < ceiling)) ||
  fail 3 "$target has $now replicas and the ceiling is $ceiling: nothing was done. To allow more, raise MAX_REPLICAS."
next=$((now + step > ceiling ? ceiling : now + step))

# An autoscaler would undo the change within minutes. If the list cannot be read, the script scales and reports the doubt.
unchecked=''
if kube get horizontalpodautoscalers "--namespace=$namespace" "--output=jsonpath=$autoscalers" --request-timeout=20s; then
  while IFS='|' read -r kind name autoscaler least most || [[ -n $kind ]]; do
    [[ $kind == Deployment && $name == "$deployment" ]] || continue
    fail 3 "The autoscaler $(show "$autoscaler") sets how many replicas $target has ($(show "$least") to $(show "$most")): \
nothing was scaled. Raise its minReplicas or maxReplicas."
  done <"$work/out"
else
  unchecked=' An autoscaler may undo this: autoscalers could not be listed. Grant list on horizontalpodautoscalers.'
fi
if [[ $dry_run == true ]]; then
  echo "Would scale $target from $now to $next replicas."
  exit 0
fi

progress="while scaling $target from $now to $next replicas: check how many it has"
# --current-replicas: of two simultaneous runs, only one scales.
kube scale "${where[@]}" "--current-replicas=$now" "--replicas=$next" --request-timeout=20s ||
  refused scale
scaled="Scaled $target from $now to $next replicas"
progress="while waiting for the new replicas. $scaled"
if [[ $timeout != 0 ]]; then
  kube rollout status "${where[@]}" "--timeout=$timeout" ||
    fail 4 "$scaled, but not all of them were ready within $timeout: check its pods with kubectl describe."
fi

# Reads the replicas again, because an autoscaler, a Kubernetes operator or a deployment tool may have reset them.
progress="while checking the result. $scaled"
kube get "${where[@]}" '--output=jsonpath={.spec.replicas} {.status.availableReplicas}' --request-timeout=20s ||
  fail 4 "$scaled, but the current number could not be read: check it with kubectl get."
read -r wanted available <"$work/out" || true
if [[ $wanted != "$next" ]]; then
  change='changed'
  [[ $wanted =~ ^[0-9]{1,6}$ && $wanted -lt $next ]] && change='undone'
  fail 5 "$scaled, but it is set to $(show "$wanted") now: an autoscaler, a Kubernetes operator or a person has $change it."
fi
if [[ $timeout == 0 ]]; then
  echo "$scaled, without waiting for them to be ready.$unchecked"
  exit 0
fi
[[ $available =~ ^[0-9]{1,6}$ && $available -ge $next ]] ||
  fail 4 "$scaled, but only $(show "${available:-0}") are available now: check its pods with kubectl describe."
echo "$scaled, all of them ready.$unchecked"
