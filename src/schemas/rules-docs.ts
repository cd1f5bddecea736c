/** Schemas: what each key of the rules file means, for editors. */
import {DURATION, docsUnder, type KeyDocs} from './key-doc.ts';

const MATCH: KeyDocs = {
  blueprint: {description: 'Identifier of the blueprint, or a list of them.', examples: ['deploymentConfig']},
  entity: {
    description: 'Identifier of the entity, or a pattern with `*`, or a list of them.',
    examples: ['payments-api', 'payments-*'],
  },
  team: {description: 'Name of a team that owns the entity in Port, or a list of them.', examples: ['payments']},
  property: {description: 'The `property` of the rule that fired, or a list.', examples: ['healthStatus']},
  severity: {
    description: 'The `severity` of the rule that fired, or a list.',
    examples: ['critical', ['warning', 'critical']],
  },
  rule: {description: 'Name of the rule that fired, or a list of names.', examples: ['deployment-degraded']},
  environment: {
    description: "The entity's property `environment`, else its relation of that name; or a list.",
    examples: ['production'],
  },
};

/** A window of the week. */
const WHEN: KeyDocs = {
  days: {
    description: 'The days on which it starts: one, several, or a list; every day unless set.',
    examples: ['mon-fri', ['sat', 'sun']],
  },
  from: {description: 'The time of day at which it starts; 00:00 unless set.', examples: ['22:00']},
  to: {
    description: 'The time of day at which it ends; 24:00 unless set. At or before `from`: on the next day.',
    examples: ['06:00'],
  },
};

const MUTED = 'Whether remediations still run (keep, unless set) or rest as well (mute).';

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
    description:
      "Name of a Slack destination: `default`, or a name of the action's input slack-webhooks. Or an expression in double braces that leads to one. Or a list.",
    examples: ['payments', ['payments', 'default'], '{{ after.properties.slackChannelName }}'],
  },
  'routes.*.fallback': {
    description: 'The destination where the expression in `slack` leads to none. Without it, the next route is asked.',
    examples: ['default'],
  },
  'routes.*.continue': {
    description: 'true: the routes behind this one are asked too, and add their destinations.',
    examples: [true],
  },
  mute: {
    description: 'Windows that come back every week, in which Slack is left alone.',
    examples: [
      [{name: 'nights', when: {from: '22:00', to: '06:00'}, zone: 'Europe/Berlin', match: {severity: 'info'}}],
    ],
  },
  'mute.*.name': {description: 'What the record and the summary call the window.', examples: ['nights']},
  'mute.*.when': {
    description: 'Days and times of day, or a list of them.',
    examples: [{days: 'mon-fri', from: '22:00', to: '06:00'}, [{days: ['sat', 'sun']}]],
  },
  ...docsUnder('mute.*.when', WHEN),
  ...docsUnder('mute.*.when.*', WHEN),
  'mute.*.zone': {
    description: 'The time zone of the times, by its name in the IANA database; right across clock changes.',
    examples: ['Europe/Berlin', 'UTC'],
  },
  'mute.*.match': {
    description: 'What is muted; everything without it.',
    examples: [{severity: ['info', 'warning']}],
  },
  ...docsUnder('mute.*.match', MATCH),
  'mute.*.reason': {description: 'Why, for those who wonder.', examples: ['Nobody is on call at night for this']},
  'mute.*.remediate': {description: MUTED, examples: ['mute']},
  silences: {
    description: 'Dated silences: who wants quiet about what, why, and until when.',
    examples: [
      [{match: {entity: 'orders-db'}, until: '2026-12-01T18:00:00Z', owner: 'jane', reason: 'Planned migration'}],
    ],
  },
  'silences.*.match': {description: 'What is silenced.', examples: [{entity: 'orders-db'}]},
  ...docsUnder('silences.*.match', MATCH),
  'silences.*.from': {
    description: 'When it starts, with the offset; at once unless set.',
    examples: ['2026-12-01T08:00:00+01:00'],
  },
  'silences.*.until': {description: 'When it ends, with the offset.', examples: ['2026-12-01T18:00:00Z']},
  'silences.*.owner': {description: 'Who answers for it.', examples: ['jane@example.com']},
  'silences.*.reason': {description: 'Why, for those who wonder.', examples: ['Planned migration']},
  'silences.*.remediate': {description: MUTED, examples: ['mute']},
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
  'rules.*.notify.text': {
    description:
      "What the message says, in your own words, in Slack's mrkdwn; values of the change in double braces. Without it, the words are made.",
    examples: ['{{ change.title }}: CPU is at {{ after.properties.cpuUtil }} %'],
  },
  'rules.*.notify.slack': {
    description: 'Name of the Slack destination, an expression in double braces, or a list; wins over the routes.',
    examples: ['payments', ['payments', 'default']],
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
