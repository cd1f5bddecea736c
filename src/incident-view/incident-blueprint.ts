/** Plan: rules → the blueprint that shows their incidents in Port. Pure. */
import {ACKNOWLEDGED, DUE, SILENCED_UNTIL, SUBJECT_BLUEPRINT, SUBJECT_ENTITY} from '../rules/incident-properties.ts';
import {hasIncident, type Rules} from '../rules/rules.ts';

/** As `POST /v1/blueprints` takes it. Undefined if the rules do not say that incidents are shown. */
export function incidentBlueprint(rules: Rules) {
  if (rules.incidents === undefined) return undefined;
  return {
    identifier: rules.incidents.blueprint,
    title: 'Incident of Port Reactor',
    icon: 'Alert',
    description: 'What Port Reactor has found wrong. It writes the entities. People answer by two properties.',
    schema: {properties: PROPERTIES, required: []},
    mirrorProperties: {},
    calculationProperties: {},
    relations: Object.fromEntries(watched(rules).map(blueprint => [blueprint, relationTo(blueprint)])),
  };
}

/** A relation of Port's leads to one blueprint, so there is one for each that the rules watch. */
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
    description: 'Set it: no reminders and no escalations until the incident is over.',
  },
  acknowledgedBy: text('Acknowledged by'),
  [SILENCED_UNTIL]: {
    ...time('Silenced until'),
    description: 'Set it: no messages until then, but that the incident is over.',
  },
  rule: text('Rule'),
  [SUBJECT_BLUEPRINT]: text('Blueprint'),
  [SUBJECT_ENTITY]: text('Entity'),
  value: text('Value'),
  since: time('Since'),
  closedAt: time('Closed at'),
  attempts: {type: 'number', title: 'Remediations started'},
  links: {type: 'array', title: 'Links', items: {type: 'string', format: 'url'}},
  [DUE]: {type: 'string', format: 'timer', title: 'Due', description: 'When Port Reactor looks at it again.'},
};
