/** The initial example: an incident opens, is not fixed by the script, and recovers later. */
import type {PageState} from './state.ts';

const RULES = `version: 1
statuses:
  healthStatus: [Healthy, Restarting, Degraded, Crashed] # best to worst

routes:
  - match: { severity: critical }
    slack: oncall

rules:
  - name: deployment-down
    blueprint: deploymentConfig
    property: healthStatus
    to: [Degraded, Crashed]
    clear: { to: Healthy, for: 5m }
    severity: critical
    notify:
      runbook: https://example.com/runbooks/deployment-down
      repeat: 30m
    remediate:
      run: .github/remediations/rollout-restart.sh
      cooldown: 10m
      attempts: 2
      verify: 5m

  - name: database-cpu-high
    blueprint: database
    property: cpuUtil
    above: 80
    notify:
      text: "CPU is at {{ after.properties.cpuUtil }} %"
`;

export const SAMPLE: PageState = {
  rules: RULES,
  event: {
    mode: 'form',
    blueprint: 'deploymentConfig',
    entity: 'checkout-prod',
    property: 'healthStatus',
    from: 'Healthy',
    to: 'Degraded',
    at: '2026-01-07T12:00:00Z',
    json: '',
  },
  steps: [
    {kind: 'wait', wait: '12m'},
    {kind: 'change', property: 'healthStatus', to: 'Healthy'},
    {kind: 'wait', wait: '10m'},
  ],
};
