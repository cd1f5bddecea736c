#!/usr/bin/env bash
# Opens or resolves a PagerDuty alert (Events API v2, https://developer.pagerduty.com/docs/send-alert-event).
#
# The deduplication key consists of blueprint and entity. So `resolve` finds the alert that `trigger` opened, and a second `trigger`
# does not page again. jq escapes all catalog text, so it cannot become JSON syntax or a shell command.
#
#   Variable               Meaning                                        Default
#   PAGERDUTY_ACTION       trigger or resolve                             trigger
#   PAGERDUTY_ROUTING_KEY  the integration key of the service (a secret)
#   PAGERDUTY_URL          the address of the API                         https://events.pagerduty.com/v2/enqueue
#
# For Opsgenie, post {message, alias, priority} to https://api.opsgenie.com/v2/alerts with the header "Authorization: GenieKey …",
# and to …/v2/alerts/<alias>/close?identifierType=alias to close it.
#
# Exit codes: 0 accepted; 1 PagerDuty refused or did not answer; 2 a tool or setting is missing or invalid.
set -euo pipefail

fail() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

action=${PAGERDUTY_ACTION:-trigger} url=${PAGERDUTY_URL:-https://events.pagerduty.com/v2/enqueue}
[[ $action =~ ^(trigger|resolve)$ ]] || fail 2 'PAGERDUTY_ACTION must be trigger or resolve.'
[[ -n ${PAGERDUTY_ROUTING_KEY:-} ]] || fail 2 'PAGERDUTY_ROUTING_KEY is not set. Add it to the env of the step and to remediate.pass of the rule.'
for tool in curl jq; do command -v "$tool" >/dev/null || fail 2 "$tool is not installed on this runner. ubuntu-24.04 includes it."; done

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
# The body contains the key. It is passed on standard input, because every user of the machine can read command lines.
answer=$(curl --silent --show-error --max-time 20 --retry 2 --write-out '\n%{http_code}' --header 'content-type: application/json' --data-binary @- "$url" <<<"$body") ||
  fail 1 'PagerDuty did not answer.'
status=${answer##*$'\n'}
[[ $status == 202 ]] || fail 1 "PagerDuty answered $status. Check the integration key and the address."
echo "PagerDuty accepted: $action."
