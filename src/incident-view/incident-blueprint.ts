/** Plan: rules → the blueprint for their incidents in Port. Pure. */
import {ACKNOWLEDGED, DUE, SILENCED_UNTIL, SUBJECT_BLUEPRINT, SUBJECT_ENTITY} from '../rules/incident-properties.ts';
import {hasIncident, type Rules} from '../rules/rules.ts';

/** In the format of `POST /v1/blueprints`. Undefined if the rules do not set up incidents in Port. */
export function incidentBlueprint(rules: Rules) {
  if (rules.incidents === undefined) return undefined;
  return {
    identifier: rules.incidents.blueprint,
    title: 'Incident of Port Reactor',
    icon: 'Alert',
    description:
      'An incident that Port Reactor opened. Port Reactor writes the entities. People set two properties: Acknowledged and Silenced until.',
    schema: {properties: PROPERTIES, required: []},
    mirrorProperties: {},
    calculationProperties: {},
    relations: Object.fromEntries(watched(rules).map(blueprint => [blueprint, relationTo(blueprint)])),
  };
}

/** A relation in Port targets one blueprint, so each watched blueprint has its own relation. */
function watched({rules}: Rules): string[] {
  return [...new Set(rules.filter(hasIncident).map(({blueprint}) => blueprint))];
}

function relationTo(target: string) {
  return {title: target, target, required: false, many: false};
}

const text = (title: string) => ({type: 'string', title});
const time = (title: string) => ({type: 'string', format: 'date-time', title});

const PROPERTIES = {
  state: {
    type: 'string',
    title: 'State',
    enum: ['pending', 'open', 'clearing', 'closed'],
    enumColors: {pending: 'yellow', open: 'red', clearing: 'orange', closed: 'green'},
  },
  [ACKNOWLEDGED]: {
    type: 'boolean',
    title: 'Acknowledged',
    description: 'Set this to stop reminders and escalations until the incident is closed.',
  },
  acknowledgedBy: text('Acknowledged by'),
  [SILENCED_UNTIL]: {
    ...time('Silenced until'),
    description: 'Set this to stop all messages until then, except the one that the incident is closed.',
  },
  rule: text('Rule'),
  [SUBJECT_BLUEPRINT]: text('Blueprint'),
  [SUBJECT_ENTITY]: text('Entity'),
  value: text('Value'),
  since: time('Since'),
  closedAt: time('Closed at'),
  attempts: {type: 'number', title: 'Remediations started'},
  links: {type: 'array', title: 'Links', items: {type: 'string', format: 'url'}},
  [DUE]: {type: 'string', format: 'timer', title: 'Due', description: 'When Port Reactor checks the incident again.'},
};
