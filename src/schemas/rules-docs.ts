/** Schemas: the documentation of the keys of the rules file, for editors. */
import {docsUnder, type KeyDocs} from './key-doc.ts';
import {RULE_DOCS} from './rule-docs.ts';

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
    description: 'The property `environment` of the entity, otherwise its relation of that name. Or a list of values.',
    examples: ['production'],
  },
};

/** A window of the week. */
const WHEN: KeyDocs = {
  days: {
    description: 'The days on which it starts: one, several, or a list. Default: every day.',
    examples: ['mon-fri', ['sat', 'sun']],
  },
  from: {description: 'The time of day at which it starts. Default: 00:00.', examples: ['22:00']},
  to: {
    description:
      'The time of day at which it ends. Default: 24:00. If it is at or before `from`, it is on the next day.',
    examples: ['06:00'],
  },
};

const MUTED = 'Whether remediations still run (keep, the default) or are muted too (mute).';

export const RULES_DOCS: KeyDocs = {
  version: {description: 'Version of the file format. Must be 1.', examples: [1]},
  statuses: {
    description:
      'The values of a property from best to worst. It determines the colors and words of messages: worse, better, recovered.',
    examples: [{healthStatus: ['Healthy', 'Restarting', 'Degraded', 'Crashed']}],
  },
  routes: {
    description:
      'Which Slack destination gets which notifications. The first matching route applies. Without routes, everything goes to `default`, the input slack-webhook-url of the action, or a line of slack-channels.',
    examples: [[{match: {team: 'payments'}, slack: 'payments'}, {slack: 'default'}]],
  },
  'routes.*.match': {
    description:
      'What the route matches. Every key must match, and in a list, one of the values. Without `match`, the route matches everything.',
    examples: [{team: 'payments', severity: 'critical'}],
  },
  ...docsUnder('routes.*.match', MATCH),
  'routes.*.slack': {
    description:
      "Name of a Slack destination: `default`, or a name of the action's inputs slack-webhooks and slack-channels. Or an expression in double braces that evaluates to one. Or a list.",
    examples: ['payments', ['payments', 'default'], '{{ after.properties.slackChannelName }}'],
  },
  'routes.*.fallback': {
    description:
      'The destination if the expression in `slack` evaluates to no destination. Without `fallback`, the next route is tried.',
    examples: ['default'],
  },
  'routes.*.continue': {
    description: 'If true, later routes are tried too and add their destinations.',
    examples: [true],
  },
  mute: {
    description: 'Weekly windows in which no Slack messages are sent.',
    examples: [
      [{name: 'nights', when: {from: '22:00', to: '06:00'}, zone: 'Europe/Berlin', match: {severity: 'info'}}],
    ],
  },
  'mute.*.name': {description: 'Name of the window in the record and in the summary.', examples: ['nights']},
  'mute.*.when': {
    description: 'Days and times of day, or a list of them.',
    examples: [{days: 'mon-fri', from: '22:00', to: '06:00'}, [{days: ['sat', 'sun']}]],
  },
  ...docsUnder('mute.*.when', WHEN),
  ...docsUnder('mute.*.when.*', WHEN),
  'mute.*.zone': {
    description: 'The time zone of the times, by its name in the IANA database. Daylight saving time is respected.',
    examples: ['Europe/Berlin', 'UTC'],
  },
  'mute.*.match': {
    description: 'What is muted. Default: everything.',
    examples: [{severity: ['info', 'warning']}],
  },
  ...docsUnder('mute.*.match', MATCH),
  'mute.*.reason': {
    description: 'The reason. Shown in the record and in the summary.',
    examples: ['Not on call at night'],
  },
  'mute.*.remediate': {description: MUTED, examples: ['mute']},
  silences: {
    description: 'Silences with an owner, a reason and an end.',
    examples: [
      [{match: {entity: 'orders-db'}, until: '2026-12-01T18:00:00Z', owner: 'jane', reason: 'Planned migration'}],
    ],
  },
  'silences.*.match': {description: 'What is silenced.', examples: [{entity: 'orders-db'}]},
  ...docsUnder('silences.*.match', MATCH),
  'silences.*.from': {
    description: 'When it starts, with a time zone. Default: immediately.',
    examples: ['2026-12-01T08:00:00+01:00'],
  },
  'silences.*.until': {description: 'When it ends, with a time zone.', examples: ['2026-12-01T18:00:00Z']},
  'silences.*.owner': {description: 'Who is responsible for it.', examples: ['jane@example.com']},
  'silences.*.reason': {
    description: 'The reason. Shown in the record and in the summary.',
    examples: ['Planned migration'],
  },
  'silences.*.remediate': {description: MUTED, examples: ['mute']},
  inhibit: {
    description: 'While an incident is open, entities that depend on its entity are not reported.',
    examples: [[{while: {rule: 'cluster-down'}, through: 'cluster', match: {blueprint: 'deploymentConfig'}}]],
  },
  'inhibit.*.while': {description: 'The incident that suppresses others.', examples: [{rule: 'cluster-down'}]},
  'inhibit.*.while.rule': {
    description: 'Name of its rule, or a list of names.',
    examples: ['cluster-down', ['cluster-down', 'cluster-degraded']],
  },
  'inhibit.*.through': {
    description: 'The relation from the suppressed entity to the entity of the incident.',
    examples: ['cluster'],
  },
  'inhibit.*.match': {
    description: 'What is suppressed. Default: everything with the relation.',
    examples: [{blueprint: 'deploymentConfig'}],
  },
  ...docsUnder('inhibit.*.match', MATCH),
  incidents: {
    description: 'Shows incidents in Port, as entities of a blueprint that `port-reactor init --incidents` creates.',
    examples: [{blueprint: 'portReactorIncident'}],
  },
  'incidents.blueprint': {description: 'Identifier of the blueprint.', examples: ['portReactorIncident']},
  rules: {
    description: 'The reactions to changes of entities. Every matching rule reacts.',
    examples: [[{name: 'health-changed', blueprint: 'deploymentConfig', property: 'healthStatus', notify: true}]],
  },
  ...RULE_DOCS,
};
