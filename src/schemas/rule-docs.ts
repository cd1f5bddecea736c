/** Schemas: the documentation of the keys of a rule, for editors. */
import {DURATION, docsUnder, type KeyDocs} from './key-doc.ts';

const ESCALATION: KeyDocs = {
  after: {description: 'How long the incident has been open when the message is sent.', examples: ['30m'], ...DURATION},
  slack: {description: 'Name of a Slack destination, or a list.', examples: ['on-call', ['on-call', 'leads']]},
  mention: {
    description: "Whom to mention, in Slack's format.",
    examples: ['<!subteam^S0123>'],
  },
};

export const RULE_DOCS: KeyDocs = {
  'rules.*.name': {
    description: 'Identifies the rule in messages and records. Must be unique.',
    examples: ['deployment-degraded'],
  },
  'rules.*.blueprint': {
    description: 'Identifier of the blueprint whose entities are watched, as written in Port.',
    examples: ['deploymentConfig'],
  },
  'rules.*.property': {
    description: 'The property whose changes the rule matches. Without it, the rule matches any change of an entity.',
    examples: ['healthStatus', 'cpuUtil'],
  },
  'rules.*.on': {
    description:
      'The actions that the rule matches. Default: created and updated. An expired timer is `timer-expired`, with the timer as `property`.',
    examples: ['created', ['created', 'updated', 'deleted']],
  },
  'rules.*.from': {
    description: 'The value before the change, or a list. null is "not set". Default: any value.',
    examples: ['Healthy', ['Healthy', null]],
  },
  'rules.*.to': {
    description: 'The value after the change, or a list. null is "not set". Default: any value.',
    examples: ['Degraded', ['Degraded', 'Crashed']],
  },
  'rules.*.above': {
    description:
      'Fires when the value rises to this number or more. It does not fire again while the value stays there.',
    examples: [80],
  },
  'rules.*.below': {
    description:
      'Fires when the value falls to this number or less. It does not fire again while the value stays there.',
    examples: [10],
  },
  'rules.*.for': {
    description:
      'How long the rule must hold before it reacts. An incident that ends earlier is recorded, but not sent.',
    examples: ['5m'],
    ...DURATION,
  },
  'rules.*.clear': {
    description:
      'When the incident ends. With `above` or `below`: a number that the value must return to, so that a value that moves around the threshold is reported once. Or a mapping.',
    examples: [70, {at: 70, for: '10m'}, {to: 'Healthy', for: '10m'}],
  },
  'rules.*.clear.at': {
    description: 'With `above`: the incident ends at this number or less. With `below`: at this number or more.',
    examples: [70],
  },
  'rules.*.clear.to': {
    description: 'With `to`: the value that ends the incident, or a list. Without it: any value outside `to`.',
    examples: ['Healthy', ['Healthy', 'Restarting']],
  },
  'rules.*.clear.for': {
    description: 'How long the incident must be over before it is closed. A match within that time keeps it open.',
    examples: ['10m'],
    ...DURATION,
  },
  'rules.*.flapping': {
    description:
      'If an incident opens and closes this often, one message reports it. Messages and scripts are then suppressed until it has been stable for `within`.',
    examples: [{changes: 5, within: '30m'}],
  },
  'rules.*.flapping.changes': {description: 'The number of openings and closings, together.', examples: [5]},
  'rules.*.flapping.within': {description: 'The period in which they are counted.', examples: ['30m'], ...DURATION},
  'rules.*.if': {
    description:
      "A condition in GitHub's expression language over `change`, `before` and `after`. Put strings in single quotes. Absent values are null.",
    examples: ['after.properties.locked != true', "change.entity == 'orders-db' && before"],
  },
  'rules.*.severity': {
    description: 'The severity. Default: info. Shown in Slack, matched by routes, passed to scripts and later jobs.',
    examples: ['critical', 'warning'],
  },
  'rules.*.notify': {
    description: 'Send a Slack message: true, or a mapping with settings.',
    examples: [true, {mention: '<!subteam^S0123>', runbook: 'https://wiki.example.com/degraded'}],
  },
  'rules.*.notify.mention': {
    description: "Whom to mention, in Slack's format: a group, a person, or here. Several are separated by spaces.",
    examples: ['<!subteam^S0123>', '<@U0123>', '<!here>'],
  },
  'rules.*.notify.runbook': {
    description: 'The runbook: an http or https URL, linked in the message.',
    examples: ['https://wiki.example.com/degraded'],
  },
  'rules.*.notify.text': {
    description:
      "The text of the message in Slack's mrkdwn, with values of the change in double braces. Default: a generated text.",
    examples: ['{{ change.title }}: CPU is at {{ after.properties.cpuUtil }} %'],
  },
  'rules.*.notify.slack': {
    description:
      'Name of the Slack destination, an expression in double braces, or a list. Takes precedence over the routes.',
    examples: ['payments', ['payments', 'default']],
  },
  'rules.*.notify.recovery': {
    description: 'Whether the end of the incident is also sent. Default: true.',
    examples: [false],
  },
  'rules.*.notify.repeat': {
    description: 'How often to remind while the incident is open and not acknowledged. Or a mapping.',
    examples: ['4h', {every: '4h', times: 5}],
    ...DURATION,
  },
  'rules.*.notify.repeat.every': {description: 'The time between reminders.', examples: ['4h'], ...DURATION},
  'rules.*.notify.repeat.times': {description: 'The number of reminders. Default: no limit.', examples: [5]},
  'rules.*.notify.escalate': {
    description: 'Who also gets a message while the incident is open and not acknowledged: one step, or a list.',
    examples: [[{after: '30m', slack: 'on-call', mention: '<!subteam^S0123>'}]],
  },
  ...docsUnder('rules.*.notify.escalate', ESCALATION),
  ...docsUnder('rules.*.notify.escalate.*', ESCALATION),
  'rules.*.remediate': {
    description: 'Run a script of this repository, or start a later job of the workflow.',
    examples: [{run: '.github/remediations/scale-up.sh', timeout: '5m'}, {job: 'restart'}],
  },
  'rules.*.remediate.run': {
    description:
      'An executable file of the repository, by its path from the root. Not a shell line. It gets the change as REACTOR_… variables and as a file.',
    examples: ['.github/remediations/scale-up.sh'],
  },
  'rules.*.remediate.job': {
    description:
      'A job of the workflow that runs later, from the output `remediations-by-job`. Use it for approvals, for example.',
    examples: ['restart'],
  },
  'rules.*.remediate.timeout': {
    description: 'The timeout of the script. Default: 5m.',
    examples: ['30s', '5m', '1h'],
    ...DURATION,
  },
  'rules.*.remediate.cooldown': {
    description: 'The minimum time between two remediations of an entity.',
    examples: ['15m'],
    ...DURATION,
  },
  'rules.*.remediate.attempts': {
    description:
      'How often an entity is remediated before a person must take over. Scripts that did not start are not counted.',
    examples: [3],
  },
  'rules.*.remediate.verify': {
    description:
      'The time within which the remediation must end the incident. If the incident is still open, a message reports it, and the next attempt follows after the cooldown.',
    examples: ['10m'],
    ...DURATION,
  },
  'rules.*.remediate.env': {
    description: 'Variables for the script. Names that start with REACTOR_ are reserved.',
    examples: [{MAX_REPLICAS: '6'}],
  },
  'rules.*.remediate.pass': {
    description: 'Names of variables of the workflow step to pass to the script, including secrets. It gets no others.',
    examples: [['KUBECONFIG'], ['DATABASE_URL']],
  },
};
