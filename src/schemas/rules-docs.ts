/** Schemas: what each key of the rules file means, for editors. */
import {DURATION, docsUnder, type KeyDocs} from './key-doc.ts';

const MATCH: KeyDocs = {
  blueprint: {description: 'Identifier of the blueprint, or a list of them.', examples: ['deploymentConfig']},
  entity: {description: 'Identifier of the entity, or a list of them.', examples: ['payments-api']},
  team: {description: 'Name of a team that owns the entity in Port, or a list of them.', examples: ['payments']},
  property: {description: 'The `property` of the rule that fired, or a list.', examples: ['healthStatus']},
  severity: {
    description: 'The `severity` of the rule that fired, or a list.',
    examples: ['critical', ['warning', 'critical']],
  },
  rule: {description: 'Name of the rule that fired, or a list of names.', examples: ['deployment-degraded']},
};

export const RULES_DOCS: KeyDocs = {
  version: {description: 'Version of this format. There is only 1.', examples: [1]},
  statuses: {
    description:
      'The values of a property from best to worst. Messages get their colours and words from it: worse, better, recovered.',
    examples: [{healthStatus: ['Healthy', 'Restarting', 'Degraded', 'Crashed']}],
  },
  routes: {
    description:
      'Which Slack destination hears of what; the first that matches decides. Without routes everything goes to `default`, the input slack-webhook-url of the action.',
    examples: [[{match: {team: 'payments'}, slack: 'payments'}, {slack: 'default'}]],
  },
  'routes.*.match': {
    description:
      'What the route asks for. All keys must hold; of a list, one value. Without `match` it takes everything.',
    examples: [{team: 'payments', severity: 'critical'}],
  },
  ...docsUnder('routes.*.match', MATCH),
  'routes.*.slack': {
    description: "Name of a Slack destination: `default`, or a name of the action's input slack-webhooks.",
    examples: ['payments', 'default'],
  },
  rules: {
    description: 'What happens when an entity of the catalog changes. Every rule that holds reacts.',
    examples: [[{name: 'health-changed', blueprint: 'deploymentConfig', property: 'healthStatus', notify: true}]],
  },
  'rules.*.name': {
    description: 'Tells the rule apart in messages and records. Each name once.',
    examples: ['deployment-degraded'],
  },
  'rules.*.blueprint': {
    description: 'Identifier of the blueprint whose entities are watched, as Port spells it.',
    examples: ['deploymentConfig'],
  },
  'rules.*.property': {
    description: 'The property whose change the rule is about. Without it, every change of an entity is.',
    examples: ['healthStatus', 'cpuUtil'],
  },
  'rules.*.on': {
    description:
      'What must have happened to the entity; created and updated unless set. An expired timer is `timer-expired`, with the timer as `property`.',
    examples: ['created', ['created', 'updated', 'deleted']],
  },
  'rules.*.from': {
    description: 'The value before the change, or a list; null is "not set". Without it, any value.',
    examples: ['Healthy', ['Healthy', null]],
  },
  'rules.*.to': {
    description: 'The value after the change, or a list; null is "not set". Without it, any value.',
    examples: ['Degraded', ['Degraded', 'Crashed']],
  },
  'rules.*.above': {
    description: 'Fires when the value gets to this number or more, from less. Not again while it stays there.',
    examples: [80],
  },
  'rules.*.below': {
    description: 'Fires when the value gets to this number or less, from more. Not again while it stays there.',
    examples: [10],
  },
  'rules.*.clear': {
    description:
      'With `above` or `below`: not again until the value was back at this number, so that one that trembles around the threshold is told once.',
    examples: [70],
  },
  'rules.*.if': {
    description:
      "A condition in GitHub's expression language over `change`, `before` and `after`; texts in single quotes. What is absent is null.",
    examples: ['after.properties.locked != true', "change.entity == 'orders-db' && before"],
  },
  'rules.*.severity': {
    description:
      'How bad it is: info unless set. Shown in Slack, asked for by routes, given to scripts and later jobs.',
    examples: ['critical', 'warning'],
  },
  'rules.*.notify': {
    description: 'Tell Slack: true, or a mapping with more.',
    examples: [true, {mention: '<!subteam^S0123>', runbook: 'https://wiki.example.com/degraded'}],
  },
  'rules.*.notify.mention': {
    description: "Whom to call, in Slack's form: a group, a person, or here. Several are separated by spaces.",
    examples: ['<!subteam^S0123>', '<@U0123>', '<!here>'],
    pattern: '^\\s*<[!@].*>\\s*$',
  },
  'rules.*.notify.runbook': {
    description: 'What to read at 3 a.m.: an http or https address, linked in the message.',
    examples: ['https://wiki.example.com/degraded'],
    pattern: '^\\s*[Hh][Tt][Tt][Pp][Ss]?://',
  },
  'rules.*.notify.slack': {
    description: 'Name of the Slack destination; wins over the routes.',
    examples: ['payments'],
  },
  'rules.*.remediate': {
    description: 'Do something about it: run a script of this repository, or hand over to a later job of the workflow.',
    examples: [{run: '.github/remediations/scale-up.sh', timeout: '5m'}, {job: 'restart'}],
    oneOf: [{required: ['run']}, {required: ['job']}],
  },
  'rules.*.remediate.run': {
    description:
      'An executable file of the repository, by its path from the root. Never a shell line; it gets the change as REACTOR_… variables and as a file.',
    examples: ['.github/remediations/scale-up.sh'],
    pattern: '^\\s*[^\\s/\\\\~][^\\s]*\\s*$',
  },
  'rules.*.remediate.job': {
    description: 'A job of the workflow that runs later, from the output `remediations`; for approvals, say.',
    examples: ['restart'],
  },
  'rules.*.remediate.timeout': {
    description: 'How long the script may take: 5m unless set.',
    examples: ['30s', '5m', '1h'],
    ...DURATION,
  },
  'rules.*.remediate.cooldown': {
    description: 'How long after a remediation of an entity the next one waits.',
    examples: ['15m'],
    ...DURATION,
  },
  'rules.*.remediate.attempts': {
    description: 'How often an entity is remediated until people must look at it.',
    examples: [3],
  },
  'rules.*.remediate.env': {
    description: 'Variables for the script. Names that start with REACTOR_ are taken.',
    examples: [{MAX_REPLICAS: '6'}],
  },
  'rules.*.remediate.pass': {
    description:
      "Names of variables of the workflow's step that the script may see, secrets among them; it sees no others.",
    examples: [['KUBECONFIG'], ['DATABASE_URL']],
  },
};
