/** Schemas: the documentation of the keys of rule tests, for editors. */
import {DURATION, docsUnder, type KeyDocs} from './key-doc.ts';

const CHANGE: KeyDocs = {
  blueprint: {description: 'Identifier of the blueprint.', examples: ['deploymentConfig']},
  entity: {description: 'Identifier of the entity.', examples: ['notification-service-prod']},
  title: {description: 'Title of the entity, as messages show it.', examples: ['Notification Service Production']},
  team: {description: 'Name of the team that owns the entity, or a list.', examples: ['payments']},
  action: {description: 'What happened. Default: updated.', examples: ['created', 'deleted']},
  property: {description: 'The property that changed.', examples: ['healthStatus']},
  from: {description: 'Its value before. Default: not set.', examples: ['Healthy', 25]},
  to: {description: 'Its value after. Default: not set.', examples: ['Degraded', 91]},
  properties: {description: 'Other properties of the entity, the same before and after.', examples: [{locked: true}]},
  relations: {description: 'Relations of the entity, by name.', examples: [{service: 'notification-service'}]},
  at: {description: 'When it happened, with a time zone.', examples: ['2026-11-20T12:28:18Z']},
  by: {description: 'Who made the change.', examples: ['jane@example.com']},
  origin: {description: 'The origin of the change, as in Port.', examples: ['UI', 'API']},
};

const EXPECT: KeyDocs = {
  rules: {description: 'Names of all rules that match. [] means none.', examples: [['deployment-degraded'], []]},
  messages: {
    description: 'All messages that are sent, in any order. [] means none.',
    examples: [[{slack: 'default', text: 'Degraded'}], []],
  },
  'messages.*.slack': {description: 'The Slack destination.', examples: ['payments']},
  'messages.*.text': {
    description: 'Text that the message contains, or a list of strings.',
    examples: ['Degraded', ['prod', 'Degraded']],
  },
  remediations: {
    description: 'All remediations. [] means none.',
    examples: [[{run: '.github/remediations/scale-up.sh'}], []],
  },
  'remediations.*.run': {description: 'The script that runs.', examples: ['.github/remediations/scale-up.sh']},
  'remediations.*.job': {description: 'The job that gets the remediation.', examples: ['restart']},
  'remediations.*.rule': {description: 'The rule with the remediation.', examples: ['deployment-degraded']},
  'remediations.*.entity': {description: 'The remediated entity.', examples: ['notification-service-prod']},
  told: {
    description:
      'All messages about incidents, in order. [] means no messages. At the end of a test: those of all its steps.',
    examples: [['firing', 'recovered'], []],
  },
  incidents: {
    description: 'All incidents that are not closed at the end. [] means no incidents.',
    examples: [[{rule: 'deployment-degraded', state: 'open'}], []],
  },
  'incidents.*.rule': {description: 'The rule of the incident.', examples: ['deployment-degraded']},
  'incidents.*.entity': {description: 'The entity of the incident.', examples: ['notification-service-prod']},
  'incidents.*.state': {description: 'Its state: pending, open or clearing.', examples: ['open']},
};

const expect = {
  description: 'The expected result: `nothing`, or a mapping. Only the given keys are compared.',
  examples: ['nothing', {rules: ['deployment-degraded']}],
} as const;

const event = {
  description: 'An event from Port, or the path of a JSON file with one, relative to the root of the repository.',
  examples: ['test/events/degraded.json'],
} as const;

export const RULE_TESTS_DOCS: KeyDocs = {
  version: {description: 'Version of the file format. Must be 1.', examples: [1]},
  destinations: {
    description:
      'Names of the configured Slack destinations, for expressions that compute one. Default: those of the workflow.',
    examples: [['default', 'payments']],
  },
  tests: {
    description: 'What the rules must do. Run them with `port-reactor test`.',
    examples: [
      [
        {
          name: 'a recovery is not sent',
          change: {blueprint: 'deploymentConfig', property: 'healthStatus', from: 'Degraded', to: 'Healthy'},
          expect: 'nothing',
        },
      ],
    ],
  },
  'tests.*.name': {
    description: 'What is tested, as a sentence. Must be unique.',
    examples: ['a locked deployment is left alone'],
  },
  'tests.*.change': {
    description: 'One change in the short form.',
    examples: [
      {blueprint: 'deploymentConfig', entity: 'api', property: 'healthStatus', from: 'Healthy', to: 'Degraded'},
    ],
  },
  ...docsUnder('tests.*.change', CHANGE),
  'tests.*.event': event,
  'tests.*.changes': {
    description: 'Several steps in order: changes, waiting time, acknowledgements. Each can have its own `expect`.',
    examples: [[{blueprint: 'database', entity: 'orders-db', property: 'cpuUtil', from: 70, to: 85}]],
  },
  ...docsUnder('tests.*.changes.*', CHANGE),
  'tests.*.changes.*.event': event,
  'tests.*.changes.*.after': {
    description: 'The time since the previous change.',
    examples: ['30s', '5m'],
    ...DURATION,
  },
  'tests.*.changes.*.wait': {
    description:
      'Time that passes before the step. If it is the only key, the clock then runs and processes what is due.',
    examples: ['5m', '1h'],
    ...DURATION,
  },
  'tests.*.changes.*.ack': {
    description: 'A person acknowledges the open incidents of this rule.',
    examples: ['deployment-degraded'],
  },
  'tests.*.changes.*.expect': expect,
  ...docsUnder('tests.*.changes.*.expect', EXPECT),
  'tests.*.now': {
    description: 'The time of the first decision, with a time zone, for mute windows and silences.',
    examples: ['2026-11-20T23:00:00+01:00'],
  },
  'tests.*.expect': expect,
  ...docsUnder('tests.*.expect', EXPECT),
};
