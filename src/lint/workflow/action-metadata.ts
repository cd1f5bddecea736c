/** Lint: the inputs and outputs in action.yml. A test compares them. */

export const ACTION_INPUTS: readonly string[] = [
  'rules',
  'slack-webhook-url',
  'slack-webhooks',
  'slack-bot-token',
  'slack-channels',
  'slack-api-url',
  'event',
  'github-token',
  'port-client-id',
  'port-client-secret',
  'port-api-url',
  'dry-run',
  'mode',
  'memory',
  'memory-token',
  'memory-repository',
];

export const ACTION_OUTPUTS: readonly string[] = [
  'outcome',
  'reactions',
  'remediations',
  'remediations-by-job',
  'rule',
  'entity',
  'blueprint',
  'property',
  'from',
  'to',
  'severity',
  'decisions',
];
