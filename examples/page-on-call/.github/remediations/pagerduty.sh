#!/usr/bin/env bash
# Opens or resolves an alert of PagerDuty (Events API v2, https://developer.pagerduty.com/docs/send-alert-event).
#
# The key of the alert is made of blueprint and entity, so that `resolve` finds what `trigger` opened, and a second trigger does not
# page twice. All text of the catalog goes through jq: it cannot become JSON or a shell word.
#
#   PAGERDUTY_ACTION       trigger or resolve
#   PAGERDUTY_ROUTING_KEY  the integration key of the service. A secret
#   PAGERDUTY_URL          https://events.pagerduty.com/v2/enqueue
#
# For Opsgenie, post {message, alias, priority} to https://api.opsgenie.com/v2/alerts with the header "Authorization: GenieKey …",
# and to …/v2/alerts/<alias>/close?identifierType=alias to close it.
#
# Exit codes: 0 accepted; 1 PagerDuty refused or did not answer; 2 a tool or setting is missing.
set -euo pipefail

fail() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

action=${PAGERDUTY_ACTION:-trigger} url=${PAGERDUTY_URL:-https://events.pagerduty.com/v2/enqueue}
[[ $action =~ ^(trigger|resolve)$ ]] || fail 2 'PAGERDUTY_ACTION must be trigger or resolve.'
[[ -n ${PAGERDUTY_ROUTING_KEY:-} ]] || fail 2 'PAGERDUTY_ROUTING_KEY is missing: name it in `pass` of the rule, and in `env` of the step.'
for tool in curl jq; do command -v "$tool" >/dev/null || fail 2 "$tool is missing on this runner. ubuntu-24.04 has it."; done

run="${GITHUB_SERVER_URL:-https://github.com}/${GITHUB_REPOSITORY:-}/actions/runs/${GITHUB_RUN_ID:-}"
body=$(jq --null-input --compact-output --arg action "$action" --arg run "$run" '{
  routing_key: env.PAGERDUTY_ROUTING_KEY,
  event_action: $action,
  dedup_key: "port-reactor/\(env.REACTOR_BLUEPRINT)/\(env.REACTOR_ENTITY)",
  payload: {
    summary: "\(env.REACTOR_TITLE): \(env.REACTOR_PROPERTY) is \(env.REACTOR_TO)"[0:1024],
    source: env.REACTOR_ENTITY,
    severity: "critical",
    timestamp: env.REACTOR_AT
  },
  links: [{href: $run, text: "Run of Port Reactor"}]
}')
# The body holds the key, so it goes through standard input: arguments of a process are visible to others.
answer=$(curl --silent --show-error --max-time 20 --retry 2 --write-out '\n%{http_code}' --header 'content-type: application/json' --data-binary @- "$url" <<<"$body") ||
  fail 1 'PagerDuty did not answer.'
status=${answer##*$'\n'}
[[ $status == 202 ]] || fail 1 "PagerDuty answered $status. Check the integration key and the address."
echo "PagerDuty accepted: $action."
