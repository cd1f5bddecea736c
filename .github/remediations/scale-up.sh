#!/usr/bin/env bash
# Scales the Kubernetes Deployment behind a catalog entity up by one step, never above a ceiling.
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
# The Deployment is never derived from catalog names, because anyone who can edit the catalog controls them. It is set in a line of
# .github/remediations/scale-up.map (`<entity> <namespace>/<deployment>`), or with KUBE_NAMESPACE and KUBE_DEPLOYMENT in the rule's
# `env`, for a rule about a single entity (`if: change.entity == 'checkout-prod'`).
#
#   SCALE_STEP       replicas to add                                 1
#   MAX_REPLICAS     the maximum number of replicas                  10
#   ROLLOUT_TIMEOUT  how long to wait for the new replicas. 0: no    60s
#   SCALE_UP_MAP     another mapping file                            .github/remediations/scale-up.map
#   DRY_RUN          true: only print what would be done             false
#
# Requires kubectl, and a KUBECONFIG that can `get, list, watch` deployments, `get, update` deployments/scale, and `list`
# horizontalpodautoscalers. An autoscaler (HPA) would undo the change, so raise its minReplicas instead.
#
# Exit codes: 0 scaled; 1 the cluster could not be reached or refused; 2 a tool, setting or mapping is missing or invalid;
# 3 nothing was done: at the ceiling, scaled to zero, or owned by an autoscaler; 4 scaled, but not ready in time;
# 5 scaled, but changed since; 143 stopped. Only 0 counts as success.
set -euo pipefail
export LC_ALL=C # [a-z] means these 26 letters

fail() { # fail <exit code> <sentence>
  printf '%s\n' "$2" >&2
  exit "$1"
}

show() { # text from outside, safe in a job log: one line, no workflow command such as ##[…]
  local text=${1//[^A-Za-z0-9@_.+:\/\\= $'\x80'-$'\xff'-]/?}
  printf '%s' "${text:0:120}"
}

# --- Settings ---------------------------------------------------------------------------------------------------------
is_count() { [[ $1 =~ ^[1-9][0-9]{0,3}$ ]]; }
step=${SCALE_STEP:-1} ceiling=${MAX_REPLICAS:-10} patience=${ROLLOUT_TIMEOUT:-60s} dry_run=${DRY_RUN:-false}
is_count "$step" || fail 2 "SCALE_STEP must be a number from 1 to 9999, not \"$(show "$step")\"."
is_count "$ceiling" || fail 2 "MAX_REPLICAS must be a number from 1 to 9999, not \"$(show "$ceiling")\"."
[[ $patience =~ ^(0|[1-9][0-9]{0,3}[smh])$ ]] ||
  fail 2 "ROLLOUT_TIMEOUT must be a duration such as 60s or 5m, or 0 for not waiting, not \"$(show "$patience")\"."
[[ $dry_run =~ ^(true|false)$ ]] || fail 2 "DRY_RUN must be true or false, not \"$(show "$dry_run")\"."

# --- Which Deployment -------------------------------------------------------------------------------------------------
map=${SCALE_UP_MAP:-.github/remediations/scale-up.map}
entity=${REACTOR_ENTITY:-}
target='' origin=''

if [[ -n ${KUBE_NAMESPACE:-}${KUBE_DEPLOYMENT:-} ]]; then
  [[ -n ${KUBE_NAMESPACE:-} && -n ${KUBE_DEPLOYMENT:-} ]] ||
    fail 2 "KUBE_NAMESPACE and KUBE_DEPLOYMENT belong together: set both in the rule's remediate.env or neither."
  target=$KUBE_NAMESPACE/$KUBE_DEPLOYMENT origin='KUBE_NAMESPACE and KUBE_DEPLOYMENT'
else
  [[ -n $entity ]] || fail 2 "REACTOR_ENTITY is not set: Port Reactor sets it. By hand: REACTOR_ENTITY=<entity> $0"
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
  fail 2 "$origin: \"$(show "$target")\" is not <namespace>/<deployment> in lower case letters, digits, \"-\", \".\"."

# --- Look, scale, wait ------------------------------------------------------------------------------------------------
command -v kubectl >/dev/null ||
  fail 2 "kubectl is not installed here: add a step with azure/setup-kubectl before Port Reactor, one that writes a \
KUBECONFIG (azure/k8s-set-context, aws eks update-kubeconfig, …), and remediate.pass: [KUBECONFIG] to the rule."

child='' progress='before anything was scaled'
work=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/scale-up.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
stop() {
  trap '' TERM INT
  if [[ -n $child ]] && kill "$child" 2>/dev/null; then wait "$child" || true; fi
  fail "$1" "Stopped $progress."
}
trap 'stop 143' TERM
trap 'stop 130' INT

kube() { # in the background, so that the script can handle a signal before kubectl ends
  kubectl "$@" >"$work/out" 2>"$work/err" </dev/null &
  child=$!
  local status=0
  wait "$child" || status=$?
  child=''
  cat "$work/err" >&2
  return "$status"
}

refused() { # refused <operation>: adds the remedy to the message of kubectl
  local advice effect='Nothing was scaled.'
  case "$(<"$work/err")" in
    *NotFound*) advice="correct $origin, or use the KUBECONFIG of the cluster it runs in" ;;
    *[Ff]orbidden*) advice='grant get, list, watch on deployments and get, update on deployments/scale' ;;
    *'Expected replicas to be'* | *Conflict* | *'has been modified'*) advice='it was scaled by another client at the same time' ;;
    *)
      advice='check that an earlier step writes KUBECONFIG and that remediate.pass names it, with all its login needs'
      [[ $1 != scale ]] || effect='Look how many replicas it has now.' # an answer that got lost, perhaps
      ;;
  esac
  fail 1 "Could not $1 $target: $advice. $effect"
}

where=("deployment/$deployment" "--namespace=$namespace")
scalers='{range .items[*]}{.spec.scaleTargetRef.kind}{"|"}{.spec.scaleTargetRef.name}{"|"}{.metadata.name}{"|"}'
scalers+='{.spec.minReplicas}{"|"}{.spec.maxReplicas}{"\n"}{end}'
kube get "${where[@]}" '--output=jsonpath={.spec.replicas}' --request-timeout=20s ||
  refused read
now=$(<"$work/out")
[[ $now =~ ^(0|[1-9][0-9]{0,5})$ ]] || fail 1 "kubectl said \"$(show "$now")\" when asked for the replicas of $target."
[[ $now != 0 ]] || fail 3 "$target is scaled to zero, which looks intended: nothing was done."
((now < ceiling)) ||
  fail 3 "$target has $now replicas and the ceiling is $ceiling: nothing was done. To allow more, raise MAX_REPLICAS."
next=$((now + step > ceiling ? ceiling : now + step))

# An autoscaler would reset the replicas within minutes. If autoscalers cannot be listed, one may exist.
unchecked=''
if kube get horizontalpodautoscalers "--namespace=$namespace" "--output=jsonpath=$scalers" --request-timeout=20s; then
  while IFS='|' read -r kind name scaler least most || [[ -n $kind ]]; do
    [[ $kind == Deployment && $name == "$deployment" ]] || continue
    fail 3 "The autoscaler $(show "$scaler") decides how many replicas $target has ($(show "$least") to $(show "$most")): \
nothing was scaled. Raise its minReplicas or maxReplicas."
  done <"$work/out"
else
  unchecked=' Whether an autoscaler will undo this is not known: grant list on horizontalpodautoscalers.'
fi
if [[ $dry_run == true ]]; then
  echo "Would scale $target from $now to $next replicas."
  exit 0
fi

progress="while scaling $target from $now to $next replicas: look which it has"
# --current-replicas: of two simultaneous runs, only one scales.
kube scale "${where[@]}" "--current-replicas=$now" "--replicas=$next" --request-timeout=20s ||
  refused scale
scaled="Scaled $target from $now to $next replicas"
progress="while waiting for the new replicas. $scaled"
if [[ $patience != 0 ]]; then
  kube rollout status "${where[@]}" "--timeout=$patience" ||
    fail 4 "$scaled, but they were not all seen ready within $patience: look at its pods with kubectl describe."
fi

# Reads the replicas again, because an autoscaler, an operator or a deployment tool may have reset them.
progress="while looking again. $scaled"
kube get "${where[@]}" '--output=jsonpath={.spec.replicas} {.status.availableReplicas}' --request-timeout=20s ||
  fail 4 "$scaled, but how many it has now could not be read: look with kubectl get."
read -r wanted available <"$work/out" || true
if [[ $wanted != "$next" ]]; then
  change='changed it' # perhaps to more
  [[ $wanted =~ ^[0-9]{1,6}$ && $wanted -lt $next ]] && change='undone it'
  fail 5 "$scaled, but it is set to $(show "$wanted") now: an autoscaler, an operator or a person has $change."
fi
if [[ $patience == 0 ]]; then
  echo "$scaled; did not wait for them to be ready.$unchecked"
  exit 0
fi
[[ $available =~ ^[0-9]{1,6}$ && $available -ge $next ]] ||
  fail 4 "$scaled, but only $(show "${available:-0}") are available now: look at its pods with kubectl describe."
echo "$scaled, all of them ready.$unchecked"
